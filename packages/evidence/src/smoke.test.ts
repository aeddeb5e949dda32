import {
  type Evidence,
  type LogLine,
  type PinnedRequest,
  type Runtime,
  SoundBiteError,
  smokeGate,
  type Target,
} from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { smokeCollector } from './smoke.ts';
import { tone, wav } from './testing.ts';

const release = `sha256:${'a'.repeat(64)}` as const;
const other = `sha256:${'b'.repeat(64)}` as const;

interface Answer {
  status: number;
  json?: unknown;
  body?: Uint8Array;
  type?: string;
  release?: string;
}
type Version = (request: PinnedRequest) => Answer | undefined;

/** A version that does everything right; `wrong` answers instead where it gives an answer. */
function version(wrong: Version = () => undefined, worker?: (event: unknown) => Promise<unknown>, log: string[] = []) {
  const sound = wav(tone({ seconds: 6, rate: 16_000, loudness: 0.3 }), 16_000);
  const right: Version = ({ method, path, body }) => {
    if (path === '/version') return { status: 200, json: { release } };
    if (path === '/ready') return { status: 200, json: { dependencies: [{ name: 'table', ok: true }] } };
    if (path === '/voices') return { status: 200, json: { voices: [{ name: 'amelia' }] } };
    if (method === 'POST' && (JSON.parse(body ?? '{}') as { text: string }).text.trim() === '')
      return { status: 422, json: { detail: 'text is blank', code: 'wrong-field' }, type: 'application/problem+json' };
    if (method === 'POST')
      return { status: 202, json: { id: 'x1', status: 'queued', rehearsalMessage: '{"version":1,"id":"x1"}' } };
    if (path.endsWith('/audio')) return { status: 200, body: sound, type: 'audio/wav' };
    if (path === '/soundbites/x1') return { status: 200, json: { id: 'x1', status: 'ready' } };
    return { status: 200, json: {} };
  };
  const asked: PinnedRequest[] = [];
  const runtime = {
    async request(_target: Target, _release: string, request: PinnedRequest) {
      asked.push(request);
      const answer = wrong(request) ?? right(request) ?? { status: 500 };
      return {
        status: answer.status,
        headers: {
          'content-type': answer.type ?? 'application/json',
          'x-soundbite-release': answer.release ?? release,
        },
        body: answer.body ?? Buffer.from(JSON.stringify(answer.json ?? {})),
      };
    },
    invokeWorker: (_target: Target, _release: string, event: unknown) =>
      worker ? worker(event) : Promise.resolve({ batchItemFailures: [] }),
    async *logs(): AsyncIterable<LogLine> {
      for (const text of log) yield { at: '', source: 'api', text };
    },
  };
  return { runtime: runtime as unknown as Runtime, asked };
}

const target = (kind: 'emulated' | 'real' = 'emulated') =>
  ({ environment: { name: 'staging', service: { jobTimeoutSeconds: 30 } }, cloud: { kind } }) as unknown as Target;

const collect = (runtime: Runtime): Promise<Evidence> =>
  smokeCollector({ readyWithinMs: 0, logWithinMs: 0 }).collect(runtime, target(), release);
const bad = (evidence: Evidence) =>
  Object.fromEntries(evidence.facts.filter(({ ok }) => !ok).map(({ name, detail }) => [name, detail]));

describe('the rehearsal of a version', () => {
  it('passes one that does everything right, by ten facts', async () => {
    const { runtime, asked } = version();
    const evidence = await collect(runtime);
    expect(bad(evidence)).toEqual({});
    expect(evidence.facts.map(({ name }) => name)).toEqual([
      'version',
      'health',
      'ready',
      'voices',
      'refuses-bad-input',
      'accepts',
      'worker',
      'ready-after-worker',
      'audio',
      'release-header',
    ]);
    expect(evidence).toMatchObject({ kind: 'smoke', release, environment: 'staging' });
    expect(smokeGate(evidence).verdict).toBe('pass');
    expect(asked.every(({ rehearsal }) => rehearsal)).toBe(true);
  });

  it('says another text each time, so that nothing is answered from what was made already', async () => {
    const { runtime, asked } = version();
    await collect(runtime);
    await collect(runtime);
    const texts = asked
      .filter(({ method, body }) => method === 'POST' && !body?.includes('"   "'))
      .map(({ body }) => body);
    expect(new Set(texts).size).toBe(2);
  });

  it('hands the worker the message that the API would have queued, as a queue would', async () => {
    let seen: unknown;
    await collect(
      version(undefined, async (event) => {
        seen = event;
        return { batchItemFailures: [] };
      }).runtime,
    );
    expect(seen).toMatchObject({ Records: [{ body: '{"version":1,"id":"x1"}', eventSource: 'aws:sqs' }] });
  });

  const at =
    (path: string, answer: Answer): Version =>
    (request) =>
      request.path === path ? answer : undefined;

  it.each<[string, Version, string, RegExp]>([
    [
      'answers 500',
      () => ({ status: 500, json: { title: 'Internal error', code: 'internal' } }),
      'health',
      /GET \/health answered 500 internal: Internal error/,
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
      ({ body }) => (body?.includes('"   "') ? { status: 202, json: {} } : undefined),
      'refuses-bad-input',
      /a blank text was answered 202/,
    ],
    [
      'ends in an error at a blank text',
      ({ body }) => (body?.includes('"   "') ? { status: 500, json: {} } : undefined),
      'refuses-bad-input',
      /answered 500/,
    ],
    [
      'queues instead of rehearsing',
      ({ body }) => (body?.includes('This is') ? { status: 202, json: { id: 'x1' } } : undefined),
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
    [
      'is silent',
      at('/soundbites/x1/audio', {
        status: 200,
        body: wav(tone({ seconds: 6, rate: 16_000, loudness: 0 }), 16_000),
        type: 'audio/wav',
      }),
      'audio',
      /silent/,
    ],
    [
      'sends an error page for audio',
      at('/soundbites/x1/audio', { status: 200, body: Buffer.from('<html>'), type: 'text/html' }),
      'audio',
      /no WAV file/,
    ],
    [
      'does not name its release on every answer',
      at('/voices', { status: 200, json: { voices: [{}] }, release: other }),
      'release-header',
      /GET \/voices named sha256:bbb/,
    ],
  ])('fails one that %s, saying so', async (_, wrong, name, detail) => {
    const evidence = await collect(version(wrong).runtime);
    expect(bad(evidence)[name]).toMatch(detail);
    expect(smokeGate(evidence).verdict).toBe('fail');
  });

  it('fails one whose worker gives the message back, with the reason of the soundbite', async () => {
    const failed = at('/soundbites/x1', {
      status: 200,
      json: { status: 'failed', reason: 'AccessDenied: no s3:PutObject' },
    });
    const { runtime } = version(failed, async () => ({ batchItemFailures: [{ itemIdentifier: '1' }] }));
    expect(bad(await collect(runtime)).worker).toMatch(
      /the worker returned the job to the queue: the soundbite is failed: AccessDenied: no s3:PutObject/,
    );
  });

  it('fails one whose worker never finishes', async () => {
    const late = new SoundBiteError('invoke-late', 'the worker did not answer within 30 s');
    const { runtime } = version(undefined, () => Promise.reject(late));
    expect(bad(await collect(runtime)).worker).toContain('did not answer within 30 s');
  });

  it('adds what the version has logged, and nothing that another version has', async () => {
    const line = (of: string, message: string) =>
      JSON.stringify({
        level: 'error',
        release: of,
        msg: 'a request could not be answered',
        error: { type: 'AccessDeniedException', message },
      });
    const log = [line(other, 'of another version'), line(release, 'not authorized to perform: dynamodb:PutItem')];
    const refused: Version = ({ body }) =>
      body?.includes('This is') ? { status: 503, json: { detail: 'a dependency does not answer' } } : undefined;
    const detail = bad(await collect(version(refused, undefined, log).runtime)).accepts;
    expect(detail).toMatch(
      /503: a dependency does not answer \(its log: .*AccessDeniedException: not authorized to perform: dynamodb:PutItem\)/,
    );
    expect(detail).not.toContain('of another version');
  });

  it('waits for what the version has logged: it is there a moment after the answer', async () => {
    const line = JSON.stringify({ level: 'error', release, msg: 'no', error: { type: 'Denied', message: 'dynamodb' } });
    const { runtime } = version(undefined, async () => ({ batchItemFailures: [{ itemIdentifier: '1' }] }));
    let looks = 0;
    const late = {
      ...runtime,
      async *logs(): AsyncIterable<LogLine> {
        looks += 1;
        if (looks > 1) yield { at: '', source: 'worker', text: line };
      },
    } as unknown as Runtime;
    const collector = smokeCollector({ readyWithinMs: 0, logWithinMs: 10_000 });
    const evidence = await collector.collect(late, target(), release);
    expect(bad(evidence).worker).toContain('(its log: no: Denied: dynamodb)');
    expect(looks).toBe(2);
  });

  it('throws what is not the version’s fault', async () => {
    const down = new SoundBiteError('host-down', 'no host answers');
    const runtime = { ...version().runtime, request: () => Promise.reject(down) } as unknown as Runtime;
    await expect(collect(runtime)).rejects.toBe(down);
  });

  it('tries again on a real cloud while a new permission is on its way, and not on an emulated one', async () => {
    let refusals = 2;
    const wrong: Version = ({ path }) => {
      if (path !== '/ready' || refusals === 0) return undefined;
      refusals -= 1;
      return { status: 503, json: { dependencies: [{ name: 'queue', ok: false, error: 'AccessDenied' }] } };
    };
    expect(bad(await collect(version(wrong).runtime)).ready).toContain('AccessDenied');
    refusals = 2;
    const collector = smokeCollector({ deniedForMs: 1000, deniedEveryMs: 5, readyWithinMs: 0, logWithinMs: 0 });
    expect(bad(await collector.collect(version(wrong).runtime, target('real'), release))).toEqual({});
  });

  it('lets a new version reach its dependencies for the first time', async () => {
    let cold = 2;
    const wrong: Version = ({ path }) => {
      if (path !== '/ready' || cold === 0) return undefined;
      cold -= 1;
      return { status: 503, json: { dependencies: [{ name: 'queue', ok: false, error: 'Timeout' }] } };
    };
    const collector = smokeCollector({ readyWithinMs: 5000 });
    expect(bad(await collector.collect(version(wrong).runtime, target(), release))).toEqual({});
    expect(cold).toBe(0);
  });
});
