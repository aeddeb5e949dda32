import { get } from 'node:http';
import type { Digest } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import type { Client } from '../client.ts';
import type { EventLine, EventView, PromotionView } from '../schemas.ts';
import type { Endpoint } from '../transport.ts';
import { sendRaw } from './contract-cases.ts';
import { clientOf } from './contract-people.ts';

interface EventsStage {
  readonly endpoint: Endpoint;
  readonly client: Client;
  readonly environment: string;
  readonly live: Digest;
  /** Promotes what is live there again. */
  promote(): Promise<PromotionView>;
  /** Lets it go on to its end. */
  ended(id: string): Promise<PromotionView>;
}

/** Those of a promotion until its end. */
async function untilEnd(lines: AsyncIterable<EventLine>, promotion: string): Promise<EventView[]> {
  const heard: EventView[] = [];
  for await (const line of lines) {
    if (!('subject' in line)) continue;
    heard.push(line);
    if (line.subject === promotion && line.view?.finishedAt) return heard;
  }
  throw new Error('the stream ended before the promotion');
}

/** What a browser gets, until the data of one of its events has this text. */
function serverSent({ url, token }: Endpoint, path: string, until: string, headers = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers };
    const asked = get(new URL(path, url), { agent: false, headers: sent }, (answer) => {
      let text = `${answer.headers['content-type']}\n`;
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (!text.includes(until) || !text.endsWith('\n\n')) return;
        resolve(text);
        asked.destroy();
      });
    });
    asked.on('error', reject);
  });
}

/** What happens, as it is told to readers. */
export function eventsContract(stage: () => EventsStage): void {
  describe('events', () => {
    it('are told in order from a number on, and to who comes back by a number just so', async () => {
      const { client, environment, promote, ended } = stage();
      const reading = client.events();
      const begun = (await reading.next()).value as EventLine;
      expect(begun).toEqual({ kind: 'begun', sequence: expect.any(Number), reset: false });
      const { promotion } = await promote();
      const [heard, end] = await Promise.all([untilEnd(reading, promotion), ended(promotion)]);
      await reading.return();
      const numbers = heard.map(({ sequence }) => sequence);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
      const views = heard.flatMap(({ subject, view }) => (subject === promotion && view ? [view] : []));
      expect(views.map(({ revision }) => revision)).toEqual(
        views.map((_view, index) => end.revision - views.length + 1 + index),
      );
      expect(views[0]).toMatchObject({ promotion, environment, state: 'waiting', steps: [] });
      expect(views.at(-1)).toEqual(end);
      expect(heard.filter(({ kind }) => kind === 'environment')).toContainEqual(
        expect.objectContaining({ subject: environment, view: null }),
      );

      const { sequence } = begun as { sequence: number };
      for (const after of [sequence, numbers[Math.floor(numbers.length / 2)] as number, numbers.at(-1) as number]) {
        const again: EventLine[] = [];
        for await (const line of client.events({ after, follow: false })) again.push(line);
        expect(again[0]).toEqual({ kind: 'begun', sequence: after, reset: false });
        const known = again
          .filter((line) => numbers.includes((line as EventView).sequence))
          .filter((line) => line !== again[0]);
        expect(known).toEqual(heard.filter((event) => event.sequence > after));
      }
    });

    it('tell of what acts on an environment', async () => {
      const { client, environment } = stage();
      const reading = client.events();
      await reading.next();
      await client.hold(environment, { reason: 'a look', scope: 'automatic' });
      const next = async (kind: string) => {
        for await (const line of { [Symbol.asyncIterator]: () => ({ next: () => reading.next() }) })
          if (line.kind === kind) return line;
        return null;
      };
      expect(await next('hold')).toMatchObject({ subject: environment, view: null });
      await client.resume(environment);
      expect(await next('hold')).toMatchObject({ subject: environment, view: null });
      await reading.return();
    });

    it('begin anew for who knows a number that does not exist', async () => {
      const { client } = stage();
      const beyond = client.events({ after: Number.MAX_SAFE_INTEGER });
      const { value } = await beyond.next();
      expect(value).toEqual({ kind: 'begun', sequence: expect.any(Number), reset: true });
      expect((value as { sequence: number }).sequence).toBeLessThan(1_000_000_000);
      await beyond.return();
    });

    it('are sent to a browser as it takes them; a number that it comes back with counts', async () => {
      const { endpoint, client } = stage();
      const all: EventView[] = [];
      for await (const line of client.events({ after: 0, follow: false })) if ('subject' in line) all.push(line);
      const [last, before] = [all.at(-1) as EventView, all.at(-2) as EventView];
      const framed = (line: EventLine & { sequence: number }) =>
        `id: ${line.sequence}\ndata: ${JSON.stringify(line)}\n\n`;
      const begun = { kind: 'begun', sequence: before.sequence, reset: false } as const;
      const whole = `text/event-stream\nretry: 1000\n\n${framed(begun)}${framed(last)}`;
      const path = `/v1/events?after=${before.sequence}`;
      const until = `"sequence":${last.sequence},`;
      expect(await serverSent(endpoint, path, until)).toBe(whole);
      const back = { 'last-event-id': String(before.sequence) };
      expect(await serverSent(endpoint, '/v1/events?after=0', until, back)).toBe(whole);
      expect(await serverSent(endpoint, '/v1/events', until, back)).toBe(whole);
    });

    it('are asked for once, and recorded once; who only asks whether they are there gets none', async () => {
      const { endpoint, client } = stage();
      const person = `contract-${crypto.randomUUID().slice(0, 8)}@example.com`;
      const viewer = await clientOf(endpoint, { person });
      const reading = viewer.events();
      await reading.next();
      await reading.return();
      await expect
        .poll(async () => (await client.accesses({ actor: person })).accesses, { timeout: 10_000 })
        .toMatchObject([{ operation: 'followEvents', action: 'look', allowed: true, times: 1 }]);
      expect(await sendRaw(endpoint, { method: 'HEAD', path: '/v1/events' })).toMatchObject({ status: 200, text: '' });
    });
  });
}
