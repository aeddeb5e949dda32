import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, connect, type Endpoint, type EventLine } from '@soundbite/client';
import { homeProcesses, type OwnProcess } from './memory.ts';
import { type BenchStage, percentile, rounded } from './stage.ts';

const readerCount = 50;
/** Told to every reader, one after the other. */
const eventCount = 100;
const reconnects = 1_000;
/** What was started last is warm by then. */
const settleSeconds = 30;
const watchedSeconds = 60;
/** Kernel clock ticks a second (USER_HZ), the unit of times in /proc. */
const ticksPerSecond = 100;

/**
 * What readers of events cost, and how soon they hear: 50 by server-sent events with tokens of their own, as browsers are. From the moment (of the database) in which something is recorded to
 * the one in which a reader has its line. Then readers that come back 1,000 times while things happen.
 */
export async function events({ home }: BenchStage): Promise<object> {
  const owner = JSON.parse(await readFile(join(home, 'control-plane.json'), 'utf8')) as Endpoint;
  const client = connect(owner);
  const environment = (await client.environments()).environments[0]?.name as string;
  const tokens = await Promise.all(
    Array.from({ length: readerCount }, (_, number) =>
      client.createToken({ name: `reader-${number}`, role: 'viewer' }),
    ),
  );
  await pause(settleSeconds * 1000);
  const alone = await atRest(home);
  const readers = tokens.map(({ token }) => reader({ ...owner, token }));
  await Promise.all(readers.map(({ begun }) => begun));
  await pause(1_000);
  const read = await atRest(home);
  await happening(client, environment, eventCount);
  const last = await newestOf(client);
  await Promise.all(readers.map(({ heard }) => heard(last)));
  const delays = readers.flatMap((one) => one.delays);
  for (const one of readers) one.leave();
  const come = await comingBack(client, environment);
  return {
    bench: 'events',
    ...{ readers: readerCount, told: delays.length },
    p50Ms: rounded(percentile(delays, 0.5), 0),
    p95Ms: rounded(percentile(delays, 0.95), 0),
    percentOfACore: { alone: alone.percent, read: read.percent, more: rounded(read.percent - alone.percent, 2) },
    megabytes: { alone: alone.megabytes, read: read.megabytes, more: rounded(read.megabytes - alone.megabytes, 0) },
    ...come,
    must: { p95Ms: 300, percentOfACore: 2, moreMegabytes: 100, lost: 0, doubled: 0 },
  };
}

/** CPU time (percent of a core) and memory of the control plane, while nothing happens. */
async function atRest(home: string): Promise<{ percent: number; megabytes: number }> {
  const before = await controlPlaneIn(home);
  const from = performance.now();
  await pause(watchedSeconds * 1000);
  const after = await controlPlaneIn(home);
  const seconds = (performance.now() - from) / 1000;
  const used = (after.ticks - before.ticks) / ticksPerSecond;
  return { percent: rounded((100 * used) / seconds), megabytes: rounded(after.megabytes, 0) };
}

async function controlPlaneIn(home: string): Promise<OwnProcess> {
  const found = (await homeProcesses(home)).find(({ name }) => name.includes('control-plane/src/main'));
  if (!found) throw new Error('no control plane runs');
  return found;
}

/** A freeze and its end are two things that happen, and cost nothing else. */
async function happening(client: Client, environment: string, count: number): Promise<void> {
  for (let done = 0; done < count; done += 2) {
    const { freezes } = await client.freeze(environment, { until: inAnHour(), reason: 'bench' });
    await client.removeFreeze(freezes[0]?.id ?? '');
  }
}

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

async function newestOf(client: Client): Promise<number> {
  for await (const line of client.events({ follow: false })) if ('sequence' in line) return line.sequence;
  throw new Error('the stream of events did not begin');
}

/** One that hears as a browser does, and how many ms after its event each line came. */
export function reader({ url, token }: Pick<Endpoint, 'url' | 'token'>) {
  const delays: number[] = [];
  const begun = Promise.withResolvers<void>();
  const waiting = new Map<number, () => void>();
  let newest = 0;
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  const asked = request(new URL('/v1/events', url), { agent: false, headers }, (answer) => {
    let rest = '';
    answer.setEncoding('utf8').on('data', (piece: string) => {
      const frames = (rest + piece).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) take(/^data: (.*)$/m.exec(frame)?.[1]);
    });
  });
  const take = (data: string | undefined): void => {
    if (data === undefined) return;
    const line = JSON.parse(data) as EventLine;
    if (line.kind === 'begun') begun.resolve();
    if (!('at' in line)) return;
    delays.push(Date.now() - Date.parse(line.at));
    newest = line.sequence;
    waiting.get(newest)?.();
  };
  asked.on('error', (error) => begun.reject(error));
  asked.end();
  return {
    delays,
    begun: begun.promise,
    heard: (sequence: number) =>
      newest >= sequence ? Promise.resolve() : new Promise<void>((resolve) => void waiting.set(sequence, resolve)),
    leave: () => asked.destroy(),
  };
}

/** Readers that leave after each few events, and come back by the number of the last one. */
async function comingBack(client: Client, environment: string) {
  const begin = await newestOf(client);
  // Of the last event; null: there will be more.
  const state = { visits: 0, isOver: false, last: null as number | null };
  const heard = Array.from({ length: 10 }, () => [] as number[]);
  const reading = Promise.all(
    heard.map(async (numbers) => {
      while (state.last === null || (numbers.at(-1) ?? begin) < state.last) {
        state.visits += 1;
        let taken = 0;
        for await (const line of client.events({ after: numbers.at(-1) ?? begin, follow: !state.isOver })) {
          if (!('at' in line)) continue;
          numbers.push(line.sequence);
          taken += 1;
          if (taken === 1) break;
        }
      }
    }),
  );
  while (state.visits < reconnects) await happening(client, environment, 2);
  state.isOver = true;
  // Who follows has these, too: nobody waits for what does not come.
  await happening(client, environment, 2);
  state.last = await newestOf(client);
  await reading;
  const all = Array.from({ length: state.last - begin }, (_, index) => begin + 1 + index);
  return {
    reconnects: state.visits,
    happened: all.length,
    lost: heard.reduce((sum, numbers) => sum + all.filter((one) => !numbers.includes(one)).length, 0),
    doubled: heard.reduce((sum, numbers) => sum + numbers.length - new Set(numbers).size, 0),
  };
}
