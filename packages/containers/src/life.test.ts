import { SoundBiteError } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { EngineCalls } from './calls.ts';
import { watchedCalls } from './life.ts';

it('an engine that was away has another life, and none that can be trusted until its containers had time to start', async () => {
  let isAway = false;
  let now = 0;
  const answer = async (): Promise<never> => {
    if (isAway) throw new SoundBiteError('engine-down', 'it does not answer');
    return Buffer.from('') as never;
  };
  const engine: EngineCalls = { host: 'unix:///x', json: answer, bytes: answer, stream: answer };
  const { calls, life } = watchedCalls(engine, () => now++);
  const first = await life();
  expect(await life()).toBe(first);
  isAway = true;
  // What goes on in the meantime sees it, whoever asks for its life or not.
  await expect(calls.json('GET', '/info')).rejects.toMatchObject({ code: 'engine-down' });
  isAway = false;
  expect(await life()).not.toBe(await life());
  now += 60_000;
  const second = await life();
  expect(second).not.toBe(first);
  expect(await life()).toBe(second);
});

it('a refusal is an answer: the engine lives', async () => {
  const refuse = async (): Promise<never> => {
    throw new SoundBiteError('engine-refused', 'no');
  };
  const { calls, life } = watchedCalls({ host: '', json: refuse, bytes: refuse, stream: refuse }, () => 1);
  const before = await life();
  await calls.json('GET', '/x').catch(() => {});
  expect(await life()).toBe(before);
});
