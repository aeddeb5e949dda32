import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { health } from './health.ts';
import { validate } from './inspection.ts';
import { live, other, realAccount, wellComponent, worldOn } from './testing.ts';

/** What the public address answers to anybody. */
const address = { status: 401, challenge: 'Bearer', asked: [] as string[] };
beforeEach(() => {
  Object.assign(address, { status: 401, challenge: 'Bearer', asked: [] });
  vi.stubGlobal('fetch', async (url: string) => {
    address.asked.push(url);
    return new Response('{}', { status: address.status, headers: { 'www-authenticate': address.challenge } });
  });
});
afterEach(() => vi.unstubAllGlobals());

const found = async (account = realAccount()) => (await health(worldOn(account), ['staging'])).environments[0];

describe('the health of an environment behind an authorizer', () => {
  it('is asked by invocation, and the authorizer’s refusal at the public address is well', async () => {
    const account = realAccount();
    const seen = await found(account);
    expect(seen).toMatchObject({ state: 'healthy', release: live, jobs: { waiting: 2, oldestSeconds: null } });
    expect(seen?.findings.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
      'public address true',
      'alive true',
      'digest true',
      'ready true',
      'dependency table true',
      'endpoints true',
      'running true',
      'function api true',
      'memory api true',
      'queue true',
      'credentials true',
    ]);
    expect(seen?.findings[0]?.detail).toContain('the authorizer answers');
    expect(account.asked).toContain(`${live} /ready`);
    expect(address.asked).toEqual(['https://a1b2c3.execute-api.eu-central-1.amazonaws.com/health']);
  });

  it('tells of an address that anybody may use, while the service itself is well', async () => {
    address.status = 200;
    const seen = await found();
    expect(seen?.state).toBe('healthy');
    expect(seen?.findings.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['public address']);
  });

  it('is that of what takes the traffic, not of what should', async () => {
    const seen = await found(realAccount({ serving: other }));
    expect(seen?.state).toBe('degraded');
    expect(seen?.findings.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['digest', 'running']);
  });

  it('is degraded where a dependency does not answer, and down where nothing takes traffic', async () => {
    const unready = { dependencies: [{ name: 'queue', ok: false, error: 'AccessDenied' }] };
    expect((await found(realAccount({ ready: [503, unready] })))?.state).toBe('degraded');
    const nobody = await found(realAccount({ serving: null }));
    expect(nobody?.state).toBe('down');
    expect(nobody?.findings.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['running']);
  });

  it('is degraded where a component was killed for its memory, and says its numbers', async () => {
    const killed = { ...wellComponent, oomKills: 2 };
    const seen = await found(realAccount({ components: [killed] }));
    expect(seen?.state).toBe('degraded');
    expect(seen?.findings.find(({ ok }) => !ok)).toMatchObject({
      name: 'memory api',
      severity: 'bad',
      detail: 'it was killed for its memory 2 times; its limit is 512 MiB',
    });
    expect(seen?.components).toMatchObject([{ component: 'api', ok: true, oomKills: 2, memory: { limitMiB: 512 } }]);
  });

  it('is healthy where nobody can tell what a component uses, and says that nobody could', async () => {
    const seen = await found(realAccount({ components: new Error('AccessDenied') }));
    expect(seen).toMatchObject({ state: 'healthy', components: null });
    expect(seen?.findings.find(({ name }) => name === 'components')).toMatchObject({
      severity: 'unknown',
      detail: 'AccessDenied',
    });
  });

  it('warns of credentials that end before anybody renews them', async () => {
    const seen = await found(realAccount({ expiration: Date.now() + 60_000 }));
    expect(seen?.state).toBe('healthy');
    expect(seen?.findings.find(({ name }) => name === 'credentials')).toMatchObject({ ok: true, severity: 'warning' });
  });
});

describe('validate of an environment on a real account', () => {
  const concurrency = async (account: ReturnType<typeof realAccount>) => {
    const { ok, findings } = await validate(worldOn(account), 'staging');
    return { ok, ...findings.find(({ name }) => name === 'concurrency') };
  };

  it('names an account whose concurrency does not carry the stack that is there', async () => {
    const account = realAccount({ capacity: { ok: false, detail: '10 is less than 25', hint: 'ask for more' } });
    expect(await concurrency(account)).toMatchObject({ ok: false, detail: '10 is less than 25', hint: 'ask for more' });
    expect(account.capacityAskedFor).toEqual([account.deployed]);
  });

  it('holds the newest release’s stack against it before the first is there, and asks nothing before the bootstrap', async () => {
    const first = realAccount({ deployed: null });
    expect(await concurrency(first)).toMatchObject({ name: 'concurrency', detail: '1000 suffices for 10' });
    expect(first.capacityAskedFor).toEqual([{ Resources: { [other]: {} } }]);
    const unprepared = realAccount({ bootstrapped: false });
    expect(await concurrency(unprepared)).toMatchObject({ detail: 'checked once the account is bootstrapped' });
    expect(unprepared.capacityAskedFor).toEqual([]);
  });
});

describe('what somebody deleted in the account', () => {
  const missing = [{ id: 'Queue', type: 'AWS::SQS::Queue', physicalId: 'https://sqs/jobs' }];
  const finding = { name: 'resources', ok: false, detail: 'somebody deleted Queue (https://sqs/jobs)' };

  it('is named by validate with the command that brings it back, and not looked for before the bootstrap', async () => {
    const { ok, findings } = await validate(worldOn(realAccount({ missing })), 'staging');
    expect(ok).toBe(false);
    expect(findings).toContainEqual({ ...finding, hint: 'soundbite repair staging' });
    const unprepared = await validate(worldOn(realAccount({ missing, bootstrapped: false })), 'staging');
    expect(unprepared.findings.find(({ name }) => name === 'resources')?.ok).toBe(true);
  });

  it('is named by health where something is wrong', async () => {
    const ill = await found(
      realAccount({ missing, ready: [503, { dependencies: [{ name: 'queue', ok: false, ms: 3 }] }] }),
    );
    expect(ill?.findings).toContainEqual({ ...finding, hint: 'soundbite repair staging' });
    expect((await found(realAccount({ missing })))?.findings.map(({ name }) => name)).not.toContain('resources');
  });
});
