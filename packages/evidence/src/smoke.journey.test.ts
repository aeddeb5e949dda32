import { access } from 'node:fs/promises';
import {
  type Evidence,
  type LogLine,
  type PinnedRequest,
  type PinnedResponse,
  type ProgramCopy,
  type Runtime,
  SoundBiteError,
  smokeGate,
  type Target,
} from '@soundbite/model';
import { afterEach, describe, expect, it } from 'vitest';
import { type SmokeOptions, smokeCollector } from './smoke.ts';
import { calling, printed, programOf } from './testing-programs.ts';

const release = `sha256:${'a'.repeat(64)}` as const;
const other = `sha256:${'b'.repeat(64)}` as const;

/** Asks `/a`, and hands an event to the worker; says of each whether it was answered well. */
const asking = `${calling}
const say = (fact, ok, detail) => console.log(JSON.stringify({ fact, ok, detail }));
const a = await door('/version-on-trial/a');
say('answers', a.status === 200, a.status + ' ' + (await a.text()));
const b = await door('/components/worker/invoke', { method: 'POST', body: '{"Records":[]}' });
say('works', b.status === 200, b.status + ' ' + (await b.text()));
`;

const copies: ProgramCopy[] = [];
/** Whatever a test left, it is all removed by the collector. */
afterEach(async () => {
  const left = await Promise.all(
    copies.splice(0).map(({ directory }) =>
      access(directory).then(
        () => directory,
        () => null,
      ),
    ),
  );
  expect(left.filter(Boolean)).toEqual([]);
});

const bringing =
  (text: string, seconds?: number): SmokeOptions['program'] =>
  async () => {
    const copy = await programOf(text, seconds === undefined ? {} : { seconds });
    copies.push(copy);
    return copy;
  };

interface World {
  readonly request?: (request: PinnedRequest) => Promise<Partial<PinnedResponse>>;
  readonly worker?: (event: unknown) => Promise<unknown>;
  readonly log?: () => readonly string[];
}

function version({ request = async () => ({}), worker = async () => ({}), log = () => [] }: World = {}) {
  const asked: PinnedRequest[] = [];
  const runtime = {
    async request(_target: Target, _release: string, given: PinnedRequest) {
      asked.push(given);
      const headers = { 'x-soundbite-release': release };
      return { status: 200, headers, body: Buffer.from('yes'), ...(await request(given)) };
    },
    invoke: (_target: Target, _release: string, _component: string, event: unknown) => worker(event),
    async *logs(): AsyncIterable<LogLine> {
      for (const text of log()) yield { at: '', source: 'api', text };
    },
  };
  return { runtime: runtime as unknown as Runtime, asked };
}

const target = (kind: 'emulated' | 'real' = 'emulated') =>
  ({ environment: { name: 'staging' }, cloud: { kind } }) as unknown as Target;

const collect = (
  runtime: Runtime,
  program = bringing(asking),
  options: Partial<SmokeOptions> = {},
): Promise<Evidence> => smokeCollector({ program, logWithinMs: 0, ...options }).collect(runtime, target(), release);
const bad = ({ facts }: Evidence) =>
  Object.fromEntries(facts.filter(({ ok }) => !ok).map(({ name, detail }) => [name, detail]));

describe('the smoke of a version', () => {
  it('is what the program of its release says, and that each answer named the release', async () => {
    const { runtime, asked } = version();
    const evidence = await collect(runtime);
    expect(evidence).toMatchObject({
      kind: 'smoke',
      release,
      environment: 'staging',
      facts: [
        { name: 'answers', ok: true, detail: '200 yes' },
        { name: 'works', ok: true, detail: '200 {}' },
        { name: 'release-header', ok: true, detail: 'all 1 answers named the release' },
      ],
    });
    expect(smokeGate(evidence).verdict).toBe('pass');
    expect(asked).toMatchObject([{ path: '/a', rehearsal: true }]);
  });

  it('passes one that names no release where the runtime knows which one answered', async () => {
    const evidence = await collect(version({ request: async () => ({ headers: {}, release }) }).runtime);
    expect(smokeGate(evidence).verdict).toBe('pass');
    const [fact] = evidence.facts.filter(({ name }) => name === 'release-header');
    expect(fact?.detail).toBe("all 1 answers were the release's; 1 named none");
  });

  it.each<[string, World, string, RegExp]>([
    [
      'names another release than the one that the runtime knows to have answered',
      { request: async () => ({ headers: { 'x-soundbite-release': other }, release }) },
      'release-header',
      /^GET \/a named sha256:bbb/,
    ],
    ['answers 500', { request: async () => ({ status: 500 }) }, 'answers', /^500 yes$/],
    [
      'does not answer',
      { request: () => Promise.reject(new TypeError('fetch failed')) },
      'answers',
      /^502 .*fetch failed/,
    ],
    [
      'has a worker that fails',
      { worker: () => Promise.reject(new SoundBiteError('worker-failed', 'boom')) },
      'works',
      /^502 .*boom/,
    ],
    [
      'names another release',
      { request: async () => ({ headers: { 'x-soundbite-release': other } }) },
      'release-header',
      /^GET \/a named sha256:bbb/,
    ],
    ['names none', { request: async () => ({ headers: {} }) }, 'release-header', /^GET \/a named none$/],
  ])('fails one that %s', async (_, world, name, detail) => {
    const evidence = await collect(version(world).runtime);
    expect(bad(evidence)[name]).toMatch(detail);
    expect(smokeGate(evidence).verdict).toBe('fail');
  });

  it.each<[string, SmokeOptions['program'], RegExp]>([
    ['brings no program', async () => null, /^the release brings no smoke program; declare `smoke` in service\.yaml/],
    ['brings one that lies without asking', bringing(printed('all-is-well')), /never asked the version on trial/],
    [
      'brings one that crashes',
      bringing(`${asking} throw new Error('boom');`),
      /exit code 1, although each of its facts holds\. (.|\n)*Error: boom/,
    ],
    [
      'brings one that hangs',
      bringing(`${asking} setInterval(() => {}, 1000);`, 1),
      /did not end within 1 s; its last fact was works/,
    ],
  ])('fails a release that %s', async (_, program, detail) => {
    expect(bad(await collect(version().runtime, program)).program).toMatch(detail);
  });

  it('adds what the version has logged, and nothing that another version has', async () => {
    const line = (of: string, message: string) =>
      JSON.stringify({
        level: 'error',
        release: of,
        msg: 'no answer',
        error: { type: 'AccessDeniedException', message },
      });
    const log = () => [line(other, 'of another version'), line(release, 'not authorized to perform: dynamodb:PutItem')];
    const { runtime } = version({ request: async () => ({ status: 503 }), log });
    const { answers } = bad(await collect(runtime));
    expect(answers).toBe(
      '503 yes (its log: no answer: AccessDeniedException: not authorized to perform: dynamodb:PutItem)',
    );
  });

  it('waits for what the version has logged: it is there a moment after the answer', async () => {
    const line = JSON.stringify({ level: 'error', release, msg: 'no', error: { type: 'Denied', message: 'dynamodb' } });
    let looks = 0;
    const log = () => (++looks > 1 ? [line] : []);
    const { runtime } = version({ request: async () => ({ status: 500 }), log });
    const evidence = await collect(runtime, undefined, { logWithinMs: 10_000 });
    expect(bad(evidence).answers).toContain('(its log: no: Denied: dynamodb)');
    expect(looks).toBe(2);
  });

  it('throws what is not the version’s fault, and ends the program at once', async () => {
    const down = new SoundBiteError('host-down', 'no host answers');
    const { runtime } = version({ request: () => Promise.reject(down) });
    const hanging = bringing(`${calling} door('/version-on-trial/').catch(() => {}); setInterval(() => {}, 1000);`);
    await expect(collect(runtime, hanging)).rejects.toBe(down);
  });

  it('ends at once when somebody stops it', async () => {
    const stop = new AbortController();
    const hanging = bringing(`${calling} await door('/version-on-trial/'); setInterval(() => {}, 1000);`);
    const { runtime } = version({
      request: async () => {
        stop.abort(new Error('stopped by ana'));
        return {};
      },
    });
    const collecting = smokeCollector({ program: hanging }).collect(runtime, target(), release, stop.signal);
    await expect(collecting).rejects.toThrow('stopped by ana');
  });

  it('tries again on a real cloud while a new permission is on its way, and not on an emulated one', async () => {
    let refusals = 2;
    const request = async () => (refusals-- > 0 ? { status: 503, body: Buffer.from('AccessDenied') } : {});
    expect(bad(await collect(version({ request }).runtime)).answers).toContain('AccessDenied');
    refusals = 2;
    const options = { program: bringing(asking), deniedForMs: 10_000, deniedEveryMs: 5, logWithinMs: 0 };
    const evidence = await smokeCollector(options).collect(version({ request }).runtime, target('real'), release);
    expect(bad(evidence)).toEqual({});
  });
});
