import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/support/longest-first.ts';

const common = {
  ...{ testTimeout: 60_000, hookTimeout: 60_000, pool: 'forks' as const, include: [] as string[] },
  // What is awaited comes late where three files share two cores; a second is no verdict.
  expect: { poll: { timeout: 20_000 } },
};
const sources = ['packages/*/src/**', 'apps/*/src/**', 'apps/service/smoke/**', 'cdk/**', 'tools/**'];

/** Whoever works on the page sees all of the demo. */
const wholeDemo = { SOUNDBITE_DEMO: 'whole' };

const screens = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  maxWorkers: 2,
  // As `unit`: what a file loads and draws, the next one has already.
  isolate: false,
  setupFiles: ['tests/support/chromium-of-worker.ts', 'tests/support/shared-worker.ts'],
  // After `page`, with which `npm run page` runs it: that has a stack that waits.
  sequence: { groupOrder: 1 },
};

/** Journeys of the page: among the others, and by themselves. */
const theirPage = 'tests/journeys/the-*.test.ts';

/**
 * Projects: `unit` (quick, no other process; its files share two workers) and `unit-alone` (those of them that share nothing), `parts` (single rooms on real parts: emulator, Postgres, Chromium) and
 * `journeys` (whole runs through the declared environments of one `up`, the contracts and a short chaos among them),
 * `containers` (single rooms on a Docker engine),
 * `fuzz` (of parts and journeys the fuzzer and the generated clients alone, for long runs),
 * `counts` (whole runs with 1, 2, 3, 7 and 10 environments of other names),
 * `services` (services that are not ours, and SoundBite: all that each has to show; `parts` has the journey of one),
 * `screens` (the page over a world in memory; `screens-long`: what the test command has no time for), `page` (of the journeys those of the page and the demo alone), `page-long` (as `page`, and what takes longer: a tab that is frozen for ten minutes, a demo that is killed),
 * `house` (docker/docker-compose.multienv.yml on a Docker engine),
 * `packed` (the npm package in an empty directory, by the tutorial's commands).
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: [...sources.map((s) => `${s}/*.test.ts`), 'tests/chaos/facts/*.test.ts'],
          exclude: ['cdk/**', '**/node_modules/**', '**/*.journey.test.ts'],
          maxWorkers: 2,
          // Each file loads many of the same modules: two workers that load them once take a third of the time.
          isolate: false,
          setupFiles: ['tests/support/shared-worker.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'unit-alone',
          // What the CDK's own validation finds depends on what was synthesised before in the same process.
          include: ['cdk/**/*.test.ts'],
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...common,
          name: 'parts',
          globalSetup: ['tests/support/shared-postgres.ts'],
          include: [...sources.map((s) => `${s}/*.journey.test.ts`), 'tests/{parts,fuzz,properties}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'tests/fuzz/real-*'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Three files at a time, on two cores and beside the journeys: they wait for their parts.
          maxWorkers: 3,
        },
      },
      {
        test: {
          ...common,
          name: 'containers',
          include: ['tests/containers/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...common,
          name: 'fuzz',
          globalSetup: ['tests/support/stack.ts'],
          include: ['tests/fuzz/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'counts',
          include: ['tests/counts/**/*.test.ts'],
          testTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'services',
          env: { SOUNDBITE_SERVICES: 'whole' },
          include: ['tests/delivered/**/*.test.ts', 'tests/parts/services/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'house',
          include: ['tests/house/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'packed',
          include: ['tests/packed/**/*.test.ts'],
          testTimeout: 1_200_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...common,
          name: 'page',
          env: wholeDemo,
          globalSetup: ['tests/support/stack.ts'],
          include: [theirPage],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'screens',
          include: ['tests/page/*.test.ts'],
          ...screens,
        },
      },
      {
        test: {
          ...common,
          name: 'screens-long',
          include: ['tests/page/long/*.test.ts'],
          ...screens,
        },
      },
      {
        test: {
          ...common,
          name: 'page-long',
          env: wholeDemo,
          globalSetup: ['tests/support/stack.ts'],
          include: ['tests/page-long/*.test.ts', theirPage],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'journeys',
          globalSetup: ['tests/support/stack.ts'],
          include: ['tests/{contract,journeys,chaos}/*.test.ts', 'tests/fuzz/real-*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
