import { expect, it, vi } from 'vitest';
import { askedAgain } from './asked-again.ts';
import type { Outcome } from './outcome.ts';
import type { StepRun } from './run.ts';

const broke: Outcome = { state: 'errored', detail: 'the account is away' };
const no: Outcome = { state: 'failed', detail: 'ready: it is not ready' };
const well: Outcome = { state: 'succeeded', detail: 'done' };

/** What the asking came to, how often it was asked, and what was noted meanwhile. */
async function asking(outcomes: readonly Outcome[], given: object = {}, kind = 'smoke', stopped: string | null = null) {
  const notes: string[] = [];
  const run = {
    step: { key: `05-${kind}`, kind, with: given, changes: 'nothing' },
    records: {
      asked: async () => ({ stopped, broken: null }),
      note: async (_id: string, text: string) => void notes.push(text),
    },
    wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
  } as unknown as StepRun;
  let times = 0;
  vi.useFakeTimers();
  const ended = askedAgain(run, async () => outcomes[times++] ?? well);
  await vi.runAllTimersAsync();
  vi.useRealTimers();
  return { outcome: await ended, times, notes };
}

it('a gate that errored is asked again, twice unless it says otherwise, and notes why', async () => {
  const notes = ['smoke is asked again: the account is away'];
  expect(await asking([broke])).toEqual({ outcome: well, times: 2, notes });
  expect(await asking([broke, broke, broke])).toMatchObject({ outcome: broke, times: 3 });
  expect(await asking([broke, well], { retries: 0 })).toEqual({ outcome: broke, times: 1, notes: [] });
  expect(await asking([broke, broke, broke, broke], { retries: 4 }, 'watch')).toMatchObject({
    outcome: well,
    times: 5,
  });
});

it('one that failed, also after it errored, is never asked again; nor is what only a person can fix', async () => {
  expect(await asking([no])).toMatchObject({ outcome: no, times: 1 });
  expect(await asking([broke, no])).toMatchObject({ outcome: no, times: 2 });
  const lasting: Outcome = { ...broke, lasting: true };
  expect(await asking([lasting])).toMatchObject({ outcome: lasting, times: 1 });
});

it('other steps are no gates, and whoever stops the promotion ends the waiting', async () => {
  expect(await asking([broke], {}, 'publish')).toMatchObject({ outcome: broke, times: 1 });
  const stopped = await asking([broke], {}, 'smoke', 'by ana');
  expect(stopped).toMatchObject({ outcome: { state: 'skipped', detail: 'stopped: by ana' }, times: 1 });
});
