import type { Digest } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../client.ts';
import { type FakeControlPlane, startFake } from './fake-control-plane.ts';
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
    expect(view).toMatchObject({ release, previous: older, state: 'running' });
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
    await expect(client().promote(request)).rejects.toMatchObject({ code: 'order' });
    expect(await client().promote({ ...request, override: true, reason: 'outage' })).toMatchObject({
      state: 'running',
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

  it('lets a second promotion wait', async () => {
    await client().promote({ environment: 'dev-aws', kind: 'promote' });
    expect(await client().promote({ environment: 'dev-aws', kind: 'promote' })).toMatchObject({
      state: 'waiting',
      steps: [],
    });
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
