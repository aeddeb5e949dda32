import type { Digest } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../client.ts';
import { type FakeControlPlane, startFake } from './fake-control-plane.ts';
import { usualEnvironments } from './fake-declaration.ts';
import { makeWorld } from './fake-world.ts';

const release: Digest = `sha256:${'a'.repeat(64)}`;
const older: Digest = `sha256:${'b'.repeat(64)}`;

let fake: FakeControlPlane;
beforeEach(async () => {
  fake = await startFake(makeWorld({ 'dev-localstack': release, 'dev-aws': older }));
});
afterEach(() => fake.stop());

const client = () => connect({ url: fake.url, token: fake.token });

describe('the fake control plane keeps its spec', () => {
  it('takes the release of the environment before, and makes it live at the end', async () => {
    const view = await client().promote({ environment: 'dev-aws', kind: 'promote' });
    expect(view).toMatchObject({ release, previous: older, state: 'waiting' });
    for (let step = 0; step < 8; step++) fake.world.advance(view.promotion);
    expect(await client().promotion(view.promotion)).toMatchObject({ state: 'succeeded' });
    expect((await client().environment('dev-aws')).record).toMatchObject({
      liveRelease: release,
      previousRelease: older,
    });
  });

  it('rolls back to the previous release', async () => {
    const { promotion } = await client().promote({ environment: 'dev-aws', kind: 'promote' });
    fake.world.end(promotion, 'succeeded');
    expect(await client().promote({ environment: 'dev-aws', kind: 'rollback' })).toMatchObject({
      release: older,
      previous: release,
    });
  });

  it('keeps the order, unless it is overridden', async () => {
    const request = { environment: 'staging', kind: 'promote' as const, release };
    const refused = await client().promote(request);
    expect(fake.world.end(refused.promotion, 'succeeded')).toMatchObject({
      state: 'failed',
      steps: [],
      reason: expect.stringContaining(
        'is not live in dev-aws-deployed, which is empty; soundbite promote dev-aws-deployed',
      ),
    });
    const { promotion } = await client().promote({ ...request, override: true, reason: 'outage' });
    expect(fake.world.end(promotion, 'succeeded')).toMatchObject({
      state: 'succeeded',
      admission: 'the order was overridden: outage',
    });
  });

  it('goes on through the environments that were asked for, as far as the release is taken; an abort stops the rest', async () => {
    const { promotion, rest } = await client().promote({ environment: 'dev-aws', kind: 'promote', through: 'staging' });
    expect(rest).toEqual(['dev-aws-deployed', 'staging']);
    const { next } = fake.world.end(promotion, 'succeeded');
    expect(fake.world.promotion(next ?? '')).toMatchObject({
      environment: 'dev-aws-deployed',
      release,
      rest: ['staging'],
    });
    expect(await client().abort(promotion, 'enough')).toMatchObject({
      promotion: next,
      state: 'aborted',
      reason: 'enough; not begun: staging',
      next: null,
    });
    const backwards = { environment: 'staging', kind: 'promote' as const, release, override: true, reason: 'x' };
    await expect(client().promote({ ...backwards, through: 'dev-aws' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('lets a second promotion wait for the first, and a rollback before both', async () => {
    const ask = (kind: 'promote' | 'rollback') => client().promote({ environment: 'dev-aws', kind });
    const [first, second] = [(await ask('promote')).promotion, (await ask('promote')).promotion];
    const state = async (id: string) => (await client().promotion(id)).state;
    expect([await state(first), await state(second)]).toEqual(['running', 'waiting']);
    const { promotion } = await ask('rollback');
    expect([await state(first), await state(promotion), await state(second)]).toEqual([
      'aborted',
      'succeeded',
      'running',
    ]);
  });

  it('takes back what a failed promotion did to versions and traffic', async () => {
    const { promotion } = await client().promote({ environment: 'dev-aws', kind: 'promote' });
    for (let step = 0; step < 6; step++) fake.world.advance(promotion);
    const { steps } = fake.world.end(promotion, 'failed', 'watch: unwell');
    expect(steps.slice(5).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'shift succeeded',
      'watch failed',
      'rollback succeeded',
    ]);
    expect((await client().environment('dev-aws')).record.liveRelease).toBe(older);
  });

  it('refuses a request that breaks the contract', async () => {
    const response = await fetch(`${fake.url}/v1/promotions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fake.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ environment: 'staging', kind: 'promote', overide: true }),
    });
    expect(response.status).toBe(400);
  });
});

it('the fake keeps all that a person said of a promotion, and the last word counts', async () => {
  const gates = [{ gate: 'approval' as const, options: { by: 2 } }];
  const declared = usualEnvironments().map((one) => (one.name === 'dev-aws' ? { ...one, gates } : one));
  const world = makeWorld({ 'dev-localstack': release, 'dev-aws': older }, declared);
  const own = await startFake(world);
  try {
    const owner = connect({ url: own.url, token: own.token });
    const { token } = await owner.createToken({ name: 'bob', person: 'bob@example.com', role: 'approver' });
    const bob = connect({ url: own.url, token });
    const { promotion } = await owner.promote({ environment: 'dev-aws', kind: 'promote' });
    expect(await bob.decide(promotion, { verdict: 'yes' })).toMatchObject({ state: 'waiting' });
    expect(await bob.decide(promotion, { verdict: 'no', reason: 'not today' })).toMatchObject({ state: 'failed' });
    const { entries, approvals } = await owner.timeline(promotion);
    const words = entries.filter(({ what }) => what === 'word');
    expect(words).toMatchObject([
      { by: 'bob@example.com', verdict: 'yes', reason: null },
      { by: 'bob@example.com', verdict: 'no', reason: 'not today' },
    ]);
    expect(approvals).toMatchObject([{ person: 'bob@example.com', verdict: 'no' }]);
  } finally {
    await own.stop();
  }
});

it('the fake ends a taint with its environment, and takes nothing for drift while a session goes on', async () => {
  const world = makeWorld({ 'dev-localstack': release });
  world.taint('dev-localstack', 'drift', ['settings: by hand']);
  world.destroy('dev-localstack', { confirm: 'dev-localstack', actor: 'local' });
  expect(world.taints().taints).toMatchObject([{ endedAs: 'emptied', by: 'local' }]);

  const other = makeWorld({ 'dev-localstack': release });
  const { session } = other.startDev('dev-localstack');
  other.taint('dev-localstack', 'drift', ['settings: by hand']);
  expect(other.taints().taints).toMatchObject([{ why: 'dev', findings: [`dev session ${session}`] }]);
});
