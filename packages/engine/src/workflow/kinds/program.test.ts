import type { ProgramTrial } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { StepRun } from '../run.ts';
import { triedBy } from './program.ts';

it('a program that has no verdict within the time of its gate is ended, and errored: nothing is known of the release', async () => {
  const seen: string[] = [];
  const run = {
    startedAt: Date.now() - 60_000 + 20,
    wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
    records: { asked: async () => ({ stopped: null, broken: null }) },
    ports: {
      programs: {
        collect: ({ kind, signal }: ProgramTrial) =>
          new Promise((_resolve, reject) =>
            signal?.addEventListener('abort', () => {
              seen.push(`${kind} ended`);
              reject(signal.reason);
            }),
          ),
      },
    },
  } as unknown as StepRun;
  const outcome = await triedBy(run, { kind: 'tests' } as ProgramTrial, '1m');
  expect(outcome).toEqual({ state: 'errored', detail: 'no verdict within 1m' });
  expect(seen).toEqual(['tests ended']);
});
