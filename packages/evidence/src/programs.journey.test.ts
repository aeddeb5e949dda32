import { access } from 'node:fs/promises';
import {
  type Evidence,
  type LogLine,
  type PinnedRequest,
  type PinnedResponse,
  type ProgramCopy,
  programGate,
  type Runtime,
  SoundBiteError,
  type Target,
} from '@soundbite/model';
import { afterEach, describe, expect, it } from 'vitest';
import { type CollectorOptions, programCollector } from './programs.ts';
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
  (text: string, seconds?: number): CollectorOptions['program'] =>
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
  options: Partial<CollectorOptions> = {},
): Promise<Evidence> =>
  programCollector({ program, logWithinMs: 0, ...options }).collect({
    kind: 'smoke',
    runtime,
    target: target(),
    release,
  });
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
    expect(programGate(evidence).verdict).toBe('pass');
    expect(asked).toMatchObject([{ path: '/a', rehearsal: true }]);
  });

  it('passes one that names no release where the runtime knows which one answered', async () => {
    const evidence = await collect(version({ request: async () => ({ headers: {}, release }) }).runtime);
    expect(programGate(evidence).verdict).toBe('pass');
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
    expect(programGate(evidence).verdict).toBe('fail');
  });

  it.each<[string, CollectorOptions['program'], RegExp]>([
    ['brings no program', async () => null, /^the release brings no smoke program; declare `smoke` in service\.yaml/],
    ['brings one that lies without asking', bringing(printed('all-is-well')), /never asked the version on trial/],
    [
      'brings one that crashes',
      bringing(`${asking} throw new Error('boom');`),
      /exit code 1, although each of its facts holds\. (.|\n)*Error: boom/,
    ],
    [
      'brings one that hangs',
      bringing(`${asking} setInterval(() => {}, 1000);`, 3),
      /did not end within 3 s; its last fact was works/,
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
    const collecting = programCollector({ program: hanging }).collect({
      kind: 'smoke',
      runtime,
      target: target(),
      release,
      signal: stop.signal,
    });
    await expect(collecting).rejects.toThrow('stopped by ana');
  });

  it('tries again on a real cloud while a new permission is on its way, and not on an emulated one', async () => {
    let refusals = 2;
    const request = async () => (refusals-- > 0 ? { status: 503, body: Buffer.from('AccessDenied') } : {});
    expect(bad(await collect(version({ request }).runtime)).answers).toContain('AccessDenied');
    refusals = 2;
    const options = { program: bringing(asking), deniedForMs: 10_000, deniedEveryMs: 5, logWithinMs: 0 };
    const evidence = await programCollector(options).collect({
      kind: 'smoke',
      runtime: version({ request }).runtime,
      target: target('real'),
      release,
    });
    expect(bad(evidence)).toEqual({});
  });
});

describe('a program beside the smoke', () => {
  const live = `sha256:${'c'.repeat(64)}` as const;
  /** Says what it was told, and what each path of its door answers. */
  const telling = (kind: string, ...paths: readonly string[]) => `
    const { env } = process;
    const told = (name) => env['SOUNDBITE_${kind}_' + name];
    const say = (fact, ok, detail) => console.log(JSON.stringify({ fact, ok, detail }));
    say('told', true, JSON.stringify([told('RELEASE'), told('LIVE_RELEASE'), told('ATTEMPT')]));
    for (const [index, path] of ${JSON.stringify(paths)}.entries()) {
      const init = path.endsWith('invoke') ? { method: 'POST', body: '{}' } : {};
      const answer = await fetch(told('DOOR') + path, { ...init, headers: { 'x-soundbite-token': told('TOKEN') } });
      say('path-' + index, answer.status === 200, answer.status + ' ' + (await answer.text()));
    }`;
  /** A world of two releases: which of them was reached, and as what. */
  function world(named: (release: string) => string = (one) => one) {
    const reached: string[] = [];
    const runtime = {
      async request(_: Target, one: string) {
        reached.push(`asked ${one}`);
        return { status: 200, headers: { 'x-soundbite-release': named(one) }, body: Buffer.from(one) };
      },
      async invoke(_: Target, one: string, component: string, _event: unknown, _ms: number, as = 'rehearsal') {
        reached.push(`${component} of ${one} as ${as}`);
        return 'done';
      },
      async *logs() {},
    } as unknown as Runtime;
    return { runtime, reached };
  }

  it('compatibility reaches what is live, too, and is told which that is; every answer is its release’s', async () => {
    const { runtime, reached } = world();
    const paths = ['/version-on-trial/', '/live-version/', '/live-components/worker/invoke'];
    const program = bringing(telling('COMPATIBILITY', ...paths));
    const trial = { kind: 'compatibility', runtime, target: target(), release, live } as const;
    const evidence = await programCollector({ program, logWithinMs: 0 }).collect(trial);
    expect(evidence).toMatchObject({ kind: 'compatibility', release });
    expect(programGate(evidence).verdict).toBe('pass');
    expect(reached).toEqual([`asked ${release}`, `asked ${live}`, `worker of ${live} as rehearsal`]);
    expect(evidence.facts.map(({ name, detail }) => [name, detail])).toEqual([
      ['told', JSON.stringify([release, live, null])],
      ['path-0', `200 ${release}`],
      ['path-1', `200 ${live}`],
      ['path-2', '200 "done"'],
      ['release-header', 'all 1 answers named the release; of the live version all 1 answers named the release'],
    ]);
  });

  it('fails where the live version’s answers are another one’s, and where it asked that one alone', async () => {
    const trial = { kind: 'compatibility', target: target(), release, live } as const;
    const lying = world((one) => (one === live ? other : one)).runtime;
    const both = bringing(telling('COMPATIBILITY', '/version-on-trial/', '/live-version/'));
    const options = { logWithinMs: 0 };
    const found = bad(await programCollector({ ...options, program: both }).collect({ ...trial, runtime: lying }));
    expect(found['release-header']).toContain('of the live version GET / named sha256:bbb');
    const alone = bringing(telling('COMPATIBILITY', '/live-version/'));
    const { program } = bad(
      await programCollector({ ...options, program: alone }).collect({ ...trial, runtime: world().runtime }),
    );
    expect(program).toMatch(/never asked the version on trial/);
  });

  it('a migration invokes components and means it; each start is counted before it, and told', async () => {
    const { runtime, reached } = world();
    const program = bringing(telling('MIGRATION', '/components/worker/invoke', '/version-on-trial/'));
    let starts = 6;
    const begun = async () => ++starts;
    const trial = { kind: 'migration', runtime, target: target(), release, live: null, begun } as const;
    const evidence = await programCollector({ program, logWithinMs: 0 }).collect(trial);
    expect(reached).toEqual([`worker of ${release} as migration`]);
    expect(evidence.facts[0]?.detail).toBe(JSON.stringify([release, '', '7']));
    expect(bad(evidence)['path-1']).toMatch(/^404 .*path-unknown/);
    expect(starts).toBe(7);
  });

  it.each(['tests', 'migration', 'compatibility'] as const)(
    'a %s that does not do its work fails, saying so',
    async (kind) => {
      const said = async (program: CollectorOptions['program']) => {
        const trial = { kind, runtime: world().runtime, target: target(), release, live, begun: async () => 1 };
        return bad(await programCollector({ program, logWithinMs: 0 }).collect(trial)).program;
      };
      expect(await said(async () => null)).toMatch(`the release brings no ${kind} program; declare \`${kind}\``);
      expect(await said(bringing(''))).toBe('it ended with exit code 0 and printed no fact');
      expect(await said(bringing("throw new Error('boom')"))).toMatch(
        /exit code 1 and printed no fact(.|\n)*Error: boom/,
      );
      expect(await said(bringing('setInterval(() => {}, 1000)', 1))).toMatch(/^it did not end within 1 s/);
      expect(await said(bringing("console.log('garbage')"))).toMatch(/"garbage" is not a fact/);
      const flood =
        "const block = Buffer.alloc(1 << 20, 'x'); for (let i = 0; i < 100; i++) process.stdout.write(block);";
      expect(await said(bringing(flood))).toMatch(/printed more than 1 MiB/);
      expect(await said(bringing(printed('all-is-well')))).toMatch(/never asked the version on trial/);
    },
  );
});
