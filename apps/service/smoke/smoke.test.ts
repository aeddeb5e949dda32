import { describe, expect, it } from 'vitest';
import { writeWav } from '../src/engines/wav.ts';
import { apiFacts } from './api.mjs';
import type { Door, VersionAnswer, VersionRequest } from './door.mjs';
import { type Facts, factsTo } from './facts.mjs';
import { speechFacts } from './speech.mjs';

const release = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;

interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly body?: Uint8Array;
  readonly type?: string;
}
type Version = (path: string, request: VersionRequest) => Answer | undefined;

const sound = (loudness: number): Uint8Array =>
  writeWav({
    samples: Int16Array.from({ length: 96_000 }, (_, i) => Math.sin(i / 12) * loudness * 32_767),
    rate: 16_000,
  });

const textOf = ({ json }: VersionRequest): string => (json as { text?: string } | undefined)?.text ?? '';

/** A version that does everything right; `wrong` answers instead where it gives an answer. */
function version(
  wrong: Version = () => undefined,
  worker: (event: unknown) => unknown = () => ({ batchItemFailures: [] }),
) {
  const right: Version = (path, request) => {
    if (path === '/version') return { status: 200, json: { release } };
    if (path === '/ready') return { status: 200, json: { dependencies: [{ name: 'table', ok: true }] } };
    if (path === '/voices') return { status: 200, json: { voices: [{ name: 'amelia' }] } };
    if (request.method === 'POST' && textOf(request).trim() === '')
      return { status: 422, json: { detail: 'text is blank', code: 'wrong-field' }, type: 'application/problem+json' };
    if (request.method === 'POST')
      return { status: 202, json: { id: 'x1', status: 'queued', rehearsalMessage: '{"version":1,"id":"x1"}' } };
    if (path.endsWith('/audio')) return { status: 200, body: sound(0.3), type: 'audio/wav' };
    if (path === '/soundbites/x1') return { status: 200, json: { id: 'x1', status: 'ready' } };
    return { status: 200, json: {} };
  };
  const asked: VersionRequest[] = [];
  const door: Door = {
    async ask(path, request = {}): Promise<VersionAnswer> {
      asked.push(request);
      const {
        status,
        json = null,
        type = 'application/json',
        body,
      } = wrong(path, request) ?? right(path, request) ?? { status: 500 };
      const bytes = body ?? Buffer.from(JSON.stringify(json));
      return { status, headers: { 'content-type': type }, body: bytes, json };
    },
    invoke: async (_component, event) => worker(event),
  };
  return { door, asked };
}

async function smoke(door: Door, readyWithinMs = 0) {
  const lines: { fact: string; ok: boolean; detail: string }[] = [];
  const facts: Facts = factsTo((line) => lines.push(JSON.parse(line)));
  await apiFacts(facts, door, release, readyWithinMs);
  await speechFacts(facts, door);
  expect(facts.allHold).toBe(lines.every(({ ok }) => ok));
  return lines;
}

const bad = async (door: Door): Promise<Record<string, string>> =>
  Object.fromEntries((await smoke(door)).filter(({ ok }) => !ok).map(({ fact, detail }) => [fact, detail]));

describe('the smoke of the speech service', () => {
  it('passes a version that does everything right, by nine facts', async () => {
    const facts = await smoke(version().door);
    expect(facts.filter(({ ok }) => !ok)).toEqual([]);
    expect(facts.map(({ fact }) => fact)).toEqual([
      'version',
      'health',
      'ready',
      'voices',
      'refuses-bad-input',
      'accepts',
      'worker',
      'ready-after-worker',
      'audio',
    ]);
  });

  it('says another text each time, so that nothing is answered from what was made already', async () => {
    const { door, asked } = version();
    await smoke(door);
    await smoke(door);
    const texts = asked.map(textOf).filter((text) => text.startsWith('This is'));
    expect(new Set(texts).size).toBe(2);
  });

  it('hands the worker the message that the API would have queued, as a queue would', async () => {
    let seen: unknown;
    const { door } = version(undefined, (event) => {
      seen = event;
      return { batchItemFailures: [] };
    });
    await smoke(door);
    expect(seen).toMatchObject({ Records: [{ body: '{"version":1,"id":"x1"}', eventSource: 'aws:sqs' }] });
  });

  const at =
    (wanted: string, answer: Answer): Version =>
    (path) =>
      path === wanted ? answer : undefined;
  const saying =
    (isWanted: (text: string) => boolean, answer: Answer): Version =>
    (_path, request) =>
      request.method === 'POST' && isWanted(textOf(request)) ? answer : undefined;
  const isBlank = (text: string) => text.trim() === '';
  const isFresh = (text: string) => text.startsWith('This is');

  it.each<[string, Version, string, RegExp]>([
    [
      'answers 500',
      () => ({ status: 500, json: { title: 'Internal error', code: 'internal' } }),
      'health',
      /GET \/health answered 500 internal: Internal error/,
    ],
    [
      'does not answer',
      () => ({ status: 502, json: { error: 'version-broken', message: 'fetch failed' } }),
      'health',
      /502: fetch failed/,
    ],
    [
      'is another release',
      at('/version', { status: 200, json: { release: other } }),
      'version',
      /it says that it is sha256:bbb/,
    ],
    [
      'has a dependency that refuses it',
      at('/ready', {
        status: 503,
        json: { dependencies: [{ name: 'table', ok: false, error: 'AccessDeniedException' }] },
      }),
      'ready',
      /table: AccessDeniedException/,
    ],
    ['has no voices', at('/voices', { status: 200, json: { voices: [] } }), 'voices', /no voices/],
    [
      'takes a blank text',
      saying(isBlank, { status: 202, json: {} }),
      'refuses-bad-input',
      /a blank text was answered 202/,
    ],
    [
      'ends in an error at a blank text',
      saying(isBlank, { status: 500, json: {} }),
      'refuses-bad-input',
      /answered 500/,
    ],
    [
      'refuses a blank text by a page',
      saying(isBlank, { status: 400, type: 'text/html' }),
      'refuses-bad-input',
      /not by a problem/,
    ],
    [
      'queues instead of rehearsing',
      saying(isFresh, { status: 202, json: { id: 'x1' } }),
      'accepts',
      /not as a rehearsal/,
    ],
    [
      'does not become ready',
      at('/soundbites/x1', {
        status: 200,
        json: { status: 'failed', reason: 'AccessDenied: not authorized to perform: s3:PutObject' },
      }),
      'ready-after-worker',
      /failed: AccessDenied: not authorized to perform: s3:PutObject/,
    ],
    ['is silent', at('/soundbites/x1/audio', { status: 200, body: sound(0), type: 'audio/wav' }), 'audio', /silent/],
    [
      'sends an error page for audio',
      at('/soundbites/x1/audio', { status: 200, body: Buffer.from('<html>'), type: 'text/html' }),
      'audio',
      /no WAV file/,
    ],
  ])('fails one that %s, saying so', async (_, wrong, name, detail) => {
    expect((await bad(version(wrong).door))[name]).toMatch(detail);
  });

  it('fails one whose worker gives the message back, with the reason of the soundbite', async () => {
    const failed = at('/soundbites/x1', {
      status: 200,
      json: { status: 'failed', reason: 'AccessDenied: no s3:PutObject' },
    });
    const { door } = version(failed, () => ({ batchItemFailures: [{ itemIdentifier: '1' }] }));
    expect((await bad(door)).worker).toMatch(
      /the worker returned the job to the queue: the soundbite is failed: AccessDenied: no s3:PutObject/,
    );
  });

  it('fails one whose worker never finishes, and one that answers something else', async () => {
    const late = () => Promise.reject(new Error('the worker did not answer within 30000 ms'));
    expect((await bad(version(undefined, late).door)).worker).toContain('did not answer within 30000 ms');
    expect((await bad(version(undefined, () => 'done').door)).worker).toContain('not a batch response: "done"');
  });

  it('lets a new version reach its dependencies for the first time', async () => {
    let cold = 2;
    const wrong: Version = (path) => {
      if (path !== '/ready' || cold === 0) return undefined;
      cold -= 1;
      return { status: 503, json: { dependencies: [{ name: 'queue', ok: false, error: 'Timeout' }] } };
    };
    expect((await smoke(version(wrong).door, 5000)).every(({ ok }) => ok)).toBe(true);
    expect(cold).toBe(0);
  });
});
