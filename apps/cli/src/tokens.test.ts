import { usualEnvironments } from '@soundbite/client/testing/fake-declaration.ts';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { a, b, json, setChain } from './testing/chain.ts';
import { type CliStage, setStage } from './testing/stage.ts';

let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

interface Made {
  readonly token: string;
}
const made = async (...words: string[]) => json(await stage.run('token', 'create', ...words, '--json')) as Made;

/** The same CLI with a token, and a control plane that it reaches by its address alone. */
async function withToken(env: Readonly<Record<string, string>>, work: (run: CliStage['run']) => Promise<void>) {
  const other = await setStage(undefined, { env });
  try {
    await work(other.run);
  } finally {
    await other.close();
  }
}

describe('a token', () => {
  it('is printed once, listed without itself, and revoked twice as once', async () => {
    const shown = await stage.run('token', 'create', 'ana', '--person', 'Ana@example.com', '--role', 'approver');
    expect(shown.stdout).toMatch(/^sbt_[\w-]{43}\n\nana \(ana@example.com\) is approver everywhere until \d{4}-/);
    const listed = await stage.run('token', 'list');
    expect(listed.stdout).toMatch(/^ana +ana@example.com +approver +everywhere +\d{4}-\S+ \S+ +never +local$/m);
    expect(listed.stdout).not.toContain('sbt_');
    for (let time = 0; time < 2; time++)
      expect(await stage.run('token', 'revoke', 'ana')).toMatchObject({
        exit: 0,
        stdout: expect.stringContaining('ana is revoked'),
      });
    expect((await stage.run('token', 'list')).stdout).toContain('revoked 2');
    expect(await stage.run('token', 'revoke', 'bob')).toMatchObject({ exit: 2 });
  });

  it.each([
    [['ci'], 'a token has a role'],
    [['ci', '--role', 'root'], '--role root is none'],
    [['local', '--role', 'viewer'], 'must not be local'],
    [['Ana B', '--role', 'viewer'], 'the name "Ana B" must be'],
    [['ci', '--role', 'viewer', '--person', 'ana'], 'must be an e-mail address'],
    [['ci', '--role', 'viewer', '--days', '367'], '--days 367 is not between'],
    [['ci', '--role', 'viewer', '--environment', 'nosuch'], 'nosuch'],
  ])('of %j is refused before anything is made', async (words, why) => {
    const run = await stage.run('token', 'create', ...words);
    expect(run).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringContaining(why) });
    expect(stage.fake.world.people.list().tokens).toEqual([]);
  });

  it('is asked with as SOUNDBITE_TOKEN, at SOUNDBITE_URL; what its role does not allow is refused, exit 1', async () => {
    const { token } = await made('ci', '--role', 'deployer', '--environment', 'dev-localstack');
    const env = { SOUNDBITE_URL: stage.fake.url, SOUNDBITE_TOKEN: token };
    await withToken(env, async (run) => {
      expect(await run('status')).toMatchObject({ exit: 0 });
      const refused = await run('rollback', 'staging', '--no-wait', '--json');
      expect(refused.exit).toBe(1);
      expect(json(refused)).toMatchObject({
        error: { code: 'forbidden', message: expect.stringContaining('ci is deployer in dev-localstack') },
      });
    });
    const { stdout } = await stage.run('audit', '--refused');
    expect(stdout).toMatch(/ci +ci +requestPromotion +staging +refused +1$/m);
  });

  it('that is wrong is refused, and what acts on this machine is not done for a control plane elsewhere', async () => {
    await withToken({ SOUNDBITE_URL: stage.fake.url, SOUNDBITE_TOKEN: 'sbt_wrong' }, async (run) => {
      expect(json(await run('status', '--json'))).toMatchObject({
        error: { code: 'unauthorized', hint: expect.stringMatching(/^unset SOUNDBITE_TOKEN/) },
      });
      for (const words of [['up'], ['down'], ['--standalone', 'status']])
        expect(await run(...words)).toMatchObject({ exit: 2, stderr: expect.stringContaining('unset SOUNDBITE_URL') });
    });
    await withToken({ SOUNDBITE_URL: stage.fake.url }, async (run) => {
      expect(await run('status')).toMatchObject({ exit: 2, stderr: expect.stringContaining('SOUNDBITE_TOKEN') });
    });
    await withToken({ SOUNDBITE_URL: stage.fake.url, SOUNDBITE_TOKEN: 'ana’s' }, async (run) => {
      expect(await run('status')).toMatchObject({ exit: 2, stderr: expect.stringContaining('is no token') });
    });
    const elsewhere = { SOUNDBITE_URL: 'http://build-host:8100', SOUNDBITE_TOKEN: 'x' };
    await withToken(elsewhere, async (run) => {
      expect(await run('status')).toMatchObject({ exit: 2, stderr: expect.stringContaining('e.g. of a tunnel') });
    });
    await withToken({ SOUNDBITE_URL: 'ftp://x', SOUNDBITE_TOKEN: 'x' }, async (run) => {
      expect(await run('status')).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining('SOUNDBITE_URL is "ftp://x"'),
      });
    });
  });
});

describe('an approval', () => {
  const approving = () => {
    const declared = usualEnvironments().map((one) =>
      one.name === 'production' ? { ...one, gates: [{ gate: 'approval', options: { by: 1 } }, ...one.gates] } : one,
    );
    const world = makeWorld({ staging: a, production: b }, declared);
    world.addRelease(b);
    world.addRelease(a);
    world.promotions.auto = true;
    return setStage(world);
  };

  it('by somebody else lets a promotion in; it waits and says for whom', async () => {
    const own = await approving();
    try {
      const { token } = json(
        await own.run('token', 'create', 'ana', '--person', 'ana@example.com', '--role', 'approver', '--json'),
      ) as Made;
      const plan = json(await own.run('plan', 'production', '--json'));
      expect(plan.gates).toMatchObject([{ gate: 'approval', verdict: 'wait', who: ['ana@example.com'] }]);
      const asked = json(await own.run('promote', 'production', '--no-wait', '--json'));
      const seen = await own.run('promote', 'production', '--wait-at-most', '1s', '--json');
      expect(json(seen)).toMatchObject({
        state: 'waiting',
        waitingFor: [{ gate: 'approval', who: ['ana@example.com'], until: null }],
      });
      const refused = await own.run('approve', asked.promotion, '--json');
      expect(json(refused)).toMatchObject({ error: { code: 'forbidden' } });
      // Two wait by now: nobody guesses which is meant.
      for (const word of ['approve', 'reject', 'abort'])
        expect(await own.run(word, 'production')).toMatchObject({
          exit: 2,
          stderr: `error: 2 promotions wait in production: p-1, p-2\n    → soundbite ${word} <promotion>\n`,
        });
      await own.run('abort', 'p-2');
      const link = await own.run('approve', 'production', '--link', '--for', 'ana@example.com', '--json');
      const leadsTo = new RegExp(`^${own.fake.url}/approval/[\\w.-]+$`);
      expect(json(link)).toMatchObject({ person: 'ana@example.com', link: expect.stringMatching(leadsTo) });
      for (const wrong of [
        ['--link', '--reason', 'x'],
        ['--for', 'ana@example.com'],
      ])
        expect((await own.run('approve', 'production', ...wrong)).exit).toBe(2);
      expect(
        json(await own.run('approve', 'production', '--link', '--for', 'eve@example.com', '--json')),
      ).toMatchObject({
        error: { code: 'usage', message: 'eve@example.com has no token by which they may decide in production' },
      });
      await withToken({ SOUNDBITE_URL: own.fake.url, SOUNDBITE_TOKEN: token }, async (run) => {
        expect(
          json(await run('approve', 'production', '--link', '--for', 'local@example.com', '--json')),
        ).toMatchObject({
          error: { code: 'forbidden' },
        });
        expect(await run('approve', asked.promotion, '--reason', 'tried')).toMatchObject({ exit: 0 });
        expect(await run('approve', asked.promotion)).toMatchObject({ exit: 0 });
        expect(await run('reject', asked.promotion)).toMatchObject({
          exit: 1,
          stderr: expect.stringContaining('waits for nobody’s yes'),
        });
      });
      expect((await own.run('history', 'production')).stdout).toContain('succeeded');
    } finally {
      await own.close();
    }
  });

  it('that says no ends it', async () => {
    const own = await approving();
    try {
      const asked = json(await own.run('promote', 'production', '--no-wait', '--json'));
      expect(await own.run('reject', 'production', '--reason', 'not today')).toMatchObject({ exit: 0 });
      expect(own.fake.world.promotion(asked.promotion)).toMatchObject({
        state: 'failed',
        reason: 'approval: local said no: not today',
      });
    } finally {
      await own.close();
    }
  });
});
