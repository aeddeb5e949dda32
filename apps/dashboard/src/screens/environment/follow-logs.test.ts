import type { LogLine } from '@soundbite/client';
import { logResumption } from '@soundbite/client/log-resumption.ts';
import { expect, it } from 'vitest';
import { ApiError } from '../../api.ts';
import { followLogs, type OpenLog } from './follow-logs.ts';
import type { LogNews } from './log-lines.ts';

const at = (ms: number, text: string): LogLine => ({
  ...{ at: new Date(ms).toISOString(), source: 'api', text, level: null },
});
const error = (status: number) => new ApiError({ code: 'x', message: `status ${status}`, hint: '' }, status);

const patience = { silence: 1000, again: [0] };

/** Each time it is asked, the next of these: lines, then an end, or a failure. */
async function heardOf(streams: readonly (readonly (LogLine | Error)[])[], resumption = logResumption()) {
  const [news, asked, ending] = [[] as LogNews[], [] as unknown[], new AbortController()];
  async function* open(since: number | undefined, heard: () => void) {
    const stream = streams[asked.push(since) - 1];
    if (!stream) return ending.abort();
    if (!(stream[0] instanceof Error)) heard();
    for (const one of stream) {
      if (one instanceof Error) throw one;
      yield one;
    }
  }
  await followLogs({ open, hear: (one) => news.push(one), resumption, patience }, ending.signal);
  return { asked, said: news.map((one) => (one.is === 'line' ? one.line.text : one.is)), news };
}

it('it goes on over an end, a break and an error on the way, and each line is heard once', async () => {
  const { asked, said } = await heardOf([
    [],
    [at(5, 'a'), at(7, 'b'), error(0)],
    [error(0)],
    [at(7, 'b'), at(7, 'b2'), error(200)],
    [at(7, 'b'), at(7, 'b2'), at(9, 'c')],
  ]);
  expect(asked).toEqual([undefined, undefined, 7, 7, 7, 9]);
  const first = ['asked', 'followed', 'broken', 'followed', 'a', 'b', 'broken', 'broken'];
  expect(said).toEqual([...first, 'followed', 'b2', 'broken', 'followed', 'c', 'broken']);
});

it('what would be refused again is not asked again', async () => {
  const { asked, news } = await heardOf([[error(409)], [at(1, 'never')]]);
  expect(asked).toHaveLength(1);
  expect(news.at(-1)).toMatchObject({ is: 'refused', error: { status: 409 } });
});

it('a control plane that cannot answer now is asked again', async () => {
  const { said } = await heardOf([[error(503)], [at(1, 'a')]]);
  expect(said).toEqual(['asked', 'broken', 'followed', 'a', 'broken']);
});

it('whoever looks away and comes back hears only what came meanwhile', async () => {
  const resumption = logResumption();
  await heardOf([[at(5, 'a')]], resumption);
  const { asked, said } = await heardOf([[at(5, 'a'), at(6, 'b')]], resumption);
  expect(asked[0]).toBe(5);
  expect(said).toEqual(['asked', 'followed', 'b', 'broken']);
});

it('a stream that says nothing any more, not even that it lives, is broken; one that lives is not', async () => {
  const [news, ending] = [[] as LogNews[], new AbortController()];
  let opened = 0;
  const open: OpenLog = async function* (_, heard, signal) {
    opened += 1;
    heard();
    if (opened === 2) return ending.abort();
    for (let beats = 0; beats < 5; beats++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      heard();
    }
    yield at(1, 'a');
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const within = { silence: 60, again: [0] };
  await followLogs(
    { open, hear: (one) => news.push(one), resumption: logResumption(), patience: within },
    ending.signal,
  );
  expect(news.map(({ is }) => is)).toEqual(['asked', 'followed', 'line', 'broken', 'followed']);
  expect(news[3]).toMatchObject({ why: 'nothing was heard any more' });
});
