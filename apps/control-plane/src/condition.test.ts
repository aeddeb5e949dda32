import { type Digest, type Drift, type Environment, SoundBiteError } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { environmentState } from './condition.ts';
import { validate } from './inspection.ts';
import { status } from './status.ts';
import { live, other, type RealAccount, realAccount, worldOn } from './testing.ts';

const stray: Drift = {
  where: 'soundbite-staging-api:7',
  detail: 'takes no traffic, and is not the aaaaaaaaaaaa that it claims to be: its code is x',
  inTraffic: false,
};
const again = `soundbite promote staging --release ${live}`;
const staging = (account: RealAccount) => worldOn(account).declaration().environments[0] as never;
const told = async (account: RealAccount) => (await status(worldOn(account))).environments[0];
const gate = (account: RealAccount) => environmentState(worldOn(account), staging(account), live);

describe('a gate', () => {
  const ofAws = (name: string, httpStatusCode: number) =>
    Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

  it.each([
    ['throttles', ofAws('ThrottlingException', 400)],
    ['knows the session no more', ofAws('ExpiredTokenException', 403)],
    ['gives no credentials', new SoundBiteError('cloud-credentials', 'it cannot be assumed')],
    ['has code that somebody changed', new SoundBiteError('code-altered', 'it is not what was released')],
  ])('is not told that a release is unwell where the account %s, but why nobody knows', async (_what, refuses) => {
    await expect(gate(realAccount({ refuses }))).rejects.toBe(refuses);
    expect((await told(realAccount({ refuses })))?.state).toBe('down');
  });

  it('is told that it is down where the version itself does not answer', async () => {
    const late = new SoundBiteError('invoke-late', 'it did not answer within 10 s');
    expect(await gate(realAccount({ answers: late }))).toBe('down');
    const throttled = new SoundBiteError('invoke-late', 'late', { cause: ofAws('TooManyRequestsException', 429) });
    await expect(gate(realAccount({ answers: throttled }))).rejects.toBe(throttled);
  });
});

describe('the condition of an environment', () => {
  it('is healthy without findings where the recorded release alone is there', async () => {
    expect(await told(realAccount())).toMatchObject({ state: 'healthy', findings: [] });
  });

  it('is degraded by what no promotion made, with what, where and the way out; gates are content as long as nobody meets it', async () => {
    const account = realAccount({ drift: [stray] });
    expect(await told(account)).toMatchObject({
      state: 'degraded',
      findings: [{ name: 'drift soundbite-staging-api:7', ok: false, detail: stray.detail, hint: again }],
    });
    expect(await gate(account)).toBe('healthy');
    account.drift = [{ ...stray, inTraffic: true, hint: 'do this' }];
    expect(await told(account)).toMatchObject({ state: 'degraded', findings: [{ hint: 'do this' }] });
    expect(await gate(account)).toBe('degraded');
  });

  it('does not hold a promotion’s own half-done work against it, but what users meet', async () => {
    const account = realAccount({ drift: [stray], busy: live });
    expect(await told(account)).toMatchObject({ state: 'healthy', findings: [] });
    account.drift = [{ ...stray, inTraffic: true }];
    expect(await told(account)).toMatchObject({ state: 'degraded', findings: [{ name: `drift ${stray.where}` }] });
  });

  it('is a promotion’s own work where its release has the traffic; another’s is not', async () => {
    const comes = (release: Digest, serving: Digest) => told(realAccount({ busy: release, serving }));
    expect(await comes(other, other)).toMatchObject({ state: 'healthy', findings: [] });
    expect(await comes(other, live)).toMatchObject({ state: 'healthy', findings: [] });
    expect(await comes(live, other)).toMatchObject({ state: 'degraded', findings: [{ name: 'running' }] });
  });

  it('is degraded by what the service depends on and does not reach, by its own word', async () => {
    const dependencies = [
      { name: 'table', ok: true, ms: 3 },
      { name: 'queue', ok: false, error: 'QueueDoesNotExist' },
    ];
    expect(await told(realAccount({ ready: [503, { dependencies }] }))).toMatchObject({
      state: 'degraded',
      findings: [
        { name: 'dependency queue', ok: false, detail: 'QueueDoesNotExist', hint: 'soundbite validate staging' },
      ],
    });
  });

  it('says what has the traffic when it is not what is recorded', async () => {
    expect(await told(realAccount({ serving: other }))).toMatchObject({
      state: 'degraded',
      findings: [{ name: 'running', detail: 'bbbbbbbbbbbb at 100 % (version 7 takes 100 %)' }],
    });
    expect(await told(realAccount({ serving: null }))).toMatchObject({
      state: 'down',
      findings: [{ name: 'running', detail: 'no release takes traffic' }],
    });
  });

  it('is validated: each thing is a finding of its own', async () => {
    const { ok, findings } = await validate(worldOn(realAccount({ drift: [stray] })), 'staging');
    expect(ok).toBe(false);
    expect(findings.filter((finding) => !finding.ok)).toContainEqual({
      name: 'drift soundbite-staging-api:7',
      ok: false,
      detail: stray.detail,
      hint: again,
    });
  });
});

describe('an environment that is declared no more', () => {
  it('is told by status and doctor, with the way out', async () => {
    const account = realAccount();
    const left = { ...(worldOn(account).declaration().environments[0] as Environment), name: 'old-staging' };
    account.left = [left];
    const { environments } = await status(worldOn(account));
    expect(environments.map(({ name }) => name)).toEqual(['staging', 'old-staging']);
    const finding = {
      name: 'declaration',
      ok: false,
      detail: expect.stringContaining('environments.yaml no longer declares it'),
      hint: 'declare it again, or soundbite destroy old-staging',
    };
    expect(environments[1]?.findings).toContainEqual(finding);
    expect((await status(worldOn(account), ['staging'])).environments).toHaveLength(1);
  });
});
