import { defineConfig } from 'vitest/config';

const common = { testTimeout: 20_000, hookTimeout: 60_000, pool: 'forks' as const, include: [] as string[] };
const sources = ['packages/*/src/**', 'apps/*/src/**', 'cdk/**', 'tools/**'];

/**
 * Four projects: `unit` (quick, no other process), `parts` (one room on real parts: emulator, Postgres, Chromium),
 * `contract` (the machine-readable surface) and `journeys` (whole runs through several environments).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: sources.map((s) => `${s}/*.test.ts`),
          exclude: ['**/node_modules/**', '**/*.journey.test.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'parts',
          include: [...sources.map((s) => `${s}/*.journey.test.ts`), 'tests/parts/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...common,
          name: 'journeys',
          globalSetup: ['tests/support/stack.ts'],
          include: ['tests/journeys/**/*.test.ts', 'tests/chaos/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
