import { SoundBiteError } from '@soundbite/model';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { attempt, type Outcome } from './outcome.ts';
import { notesOfRetries } from './retried.ts';
import type { StepRun } from './run.ts';

const done: Outcome = { state: 'succeeded', detail: 'done' };
const away = new SoundBiteError('engine-down', 'the container engine does not answer');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is noted of a step whose machinery is away so often, and after how many ms. */
async function notesOf(times: number) {
  const notes: [string | null, number][] = [];
  const begun = performance.now();
  const records = {
    note: async (_id: string, text: string | null) => void notes.push([text, performance.now() - begun]),
  };
  const step = { key: '03-install', kind: 'install', with: {}, changes: 'versions' };
  const told = notesOfRetries({ id: 'p', step, records } as unknown as StepRun);
  let left = times;
  const work = async () => {
    if (left-- > 0) throw away;
    return done;
  };
  const ended = attempt(work, { environment: 'live', beforeRetry: (_, why) => told.again(why) });
  await vi.runAllTimersAsync();
  expect(await ended).toEqual(done);
  await told.over();
  return notes;
}

it('what a step waits for is said within seconds, with the hint, once, and no more when it goes on', async () => {
  const notes = await notesOf(20);
  expect(notes.map(([text]) => text)).toEqual([`install is retried: ${away.message}; ${away.hint}`, null]);
  expect(notes[0]?.[1]).toBeLessThan(5_000);
});

it('of what is back in a moment nothing is said', async () => {
  expect(await notesOf(2)).toEqual([]);
});
