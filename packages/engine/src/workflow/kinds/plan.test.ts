import { type Capacity, combinedTemplate, type Environment, type Holdings, holdingsIn } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import type { StepRun } from '../run.ts';
import { planStep as kind } from './plan.ts';

const plan = (run: StepRun) => kind.run(run, { allowRemovals: [] });

const table = { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } };
const queue = { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } };

interface Given {
  readonly kind?: string;
  readonly allowed?: Holdings | null;
  /** The release that the stack has; null: somebody else deployed it. */
  readonly has?: string | null;
  /** Kinds of the plan's steps. */
  readonly steps?: readonly string[];
  /** Releases that were adopted. */
  readonly adopted?: readonly string[];
}

/** A promotion of a release with `next` into an environment with `present` (null: no stack yet), in an account of that capacity. */
function run(
  capacity: Capacity | null,
  present: object | null,
  next: object,
  asked: string[] = [],
  {
    kind = 'real',
    allowed = holdingsIn({ Resources: next }),
    has = 'sha256:before',
    steps = [],
    adopted = [],
  }: Given = {},
): StepRun {
  const environment = {
    name: 'staging',
    runtime: 'aws',
    cloud: { kind: 'real', account: '123456789012' },
  } as unknown as Environment;
  const ports = {
    clouds: { of: async () => ({ kind, checkpoint: async () => {} }) },
    runtime: () => ({
      async capacity(place: { environment: Environment }, template: unknown) {
        asked.push(`${place.environment.name} ${JSON.stringify(template)}`);
        return capacity;
      },
    }),
    infrastructure: {
      allowed: async () => allowed,
      bootstrap: async (_environment: Environment, _cloud: unknown, { types }: Holdings) =>
        asked.push(`bootstrap for ${types}`),
      state: async () =>
        present
          ? { template: { Resources: present }, parameters: has === null ? {} : { ReleaseDigest: has }, release: has }
          : null,
    },
    template: async () => ({ Resources: next }),
    releases: {
      get: async (digest: string) => ({ provenance: adopted.includes(digest) ? { adopted: {} } : {} }),
    },
  };
  return {
    plan: { environment, release: 'sha256:a', previous: null, steps: steps.map((kind) => ({ kind })) },
    ports,
  } as unknown as StepRun;
}

describe('the plan of a promotion', () => {
  it('ends where the account does not carry what the release’s stack declares, with figure and hint', async () => {
    const short: Capacity = { ok: false, detail: '10 is less than 25', hint: 'soundbite aws <environment> ask' };
    const asked: string[] = [];
    for (const present of [null, table]) {
      expect(await plan(run(short, present, table, asked))).toEqual({
        state: 'failed',
        detail: '10 is less than 25; soundbite aws staging ask',
        evidence: { capacity: short },
      });
    }
    expect(asked).toEqual(Array(2).fill(`staging ${JSON.stringify({ Resources: table })}`));
  });

  it('goes on where it does, or where nothing is to be asked', async () => {
    const enough: Capacity = { ok: true, detail: '25 suffices' };
    expect(await plan(run(enough, null, table))).toMatchObject({
      state: 'succeeded',
      detail: 'the first deployment here',
      evidence: { capacity: enough },
    });
    expect(await plan(run(null, table, table))).toMatchObject({
      state: 'succeeded',
      detail: 'nothing is removed',
      evidence: { capacity: null },
    });
  });

  it('still refuses what would be taken away', async () => {
    const refused = await plan(run({ ok: true, detail: 'enough' }, { ...table, ...queue }, table));
    expect(refused).toMatchObject({ state: 'failed' });
    expect(refused.detail).toContain('--allow-removal');
  });

  it('refuses to make containers of functions in place, whatever removals are named, and says the way; where nothing is live it goes on', async () => {
    const functions = { ...table, ApiAlias: { Type: 'AWS::Lambda::Alias', Properties: {} } };
    const moving = { ...run({ ok: true, detail: 'enough' }, functions, table) };
    const live = { ...moving, plan: { ...moving.plan, previous: 'sha256:before' } } as StepRun;
    expect(await kind.run(live, { allowRemovals: ['ApiAlias'] })).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/^staging is live as functions .* soundbite destroy staging, then promote$/),
    });
    expect(await kind.run(moving, { allowRemovals: ['ApiAlias'] })).toMatchObject({ state: 'succeeded' });
  });

  it('refuses any other release while an adoption has not ended: what calls a component may still call the function itself', async () => {
    const has = `sha256:${'b'.repeat(64)}`;
    const half = await plan(run(null, table, table, [], { has, adopted: [has] }));
    expect(half).toMatchObject({ state: 'failed', detail: expect.stringContaining('soundbite adopt staging') });
    expect(await plan(run(null, table, table, [], { has }))).toMatchObject({ state: 'succeeded' });
  });

  it('refuses what would go over a stack that somebody else deployed, and says what takes it over', async () => {
    expect(await plan(run(null, table, table, [], { has: null }))).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/^SoundBite did not deploy soundbite-staging; soundbite adopt staging /),
    });
  });

  it('refuses what is named to be replaced while another stack imports it, before any stack changes', async () => {
    const part = (QueueName: string) => [
      {
        stack: 'data',
        template: {
          Resources: { Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName } } },
          Outputs: { Jobs: { Value: { Ref: 'Jobs' }, Export: { Name: 'jobs' } } },
        },
      },
      {
        stack: 'web',
        template: {
          Resources: { Alarm: { Type: 'AWS::SNS::Topic', Properties: { A: { 'Fn::ImportValue': 'jobs' } } } },
        },
      },
    ];
    const of = (name: string) => combinedTemplate(part(name), 'staging') as { Resources: object };
    const pair = run(null, queue, queue, [], { kind: 'emulated' });
    Object.assign(pair.plan.environment, { stacks: ['data', 'web'] });
    const rules = new Map([['AWS::SQS::Queue', { properties: { QueueName: 'Always' }, parts: {} }]]);
    Object.assign(pair.ports, { template: async () => of('b') });
    Object.assign(pair.ports.infrastructure, {
      allowed: async () => holdingsIn(of('b')),
      state: async () => ({
        template: of('a'),
        parameters: { ReleaseDigest: 'sha256:before' },
        release: 'sha256:before',
      }),
      recreation: async () => rules,
    });
    expect(await kind.run(pair, { allowRemovals: ['data/Jobs'] })).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(
        /^it would take away data\/Jobs \(.*web imports it as it is deployed\); cut a release/,
      ),
    });
    expect(await kind.run(pair, { allowRemovals: [] })).toMatchObject({ state: 'succeeded' });
  });

  it('leaves what an adoption changes to the step that asks CloudFormation', async () => {
    const taken = run(null, { ...table, ...queue }, table, [], { steps: ['plan', 'adopt'] });
    expect(await plan(taken)).toMatchObject({ state: 'succeeded', detail: 'what stands is sealed in the release' });
  });

  const enough: Capacity = { ok: true, detail: 'enough' };
  const forTable = holdingsIn({ Resources: table });

  it('refuses on a real account what its bootstrap does not allow, before anything else is asked', async () => {
    const asked: string[] = [];
    await expect(plan(run(enough, table, { ...table, ...queue }, asked, { allowed: forTable }))).rejects.toMatchObject({
      code: 'bootstrap-narrow',
      message:
        'the bootstrap of staging does not allow what the release needs: AWS::SQS::Queue Queue (named by CloudFormation)',
      hint: 'soundbite bootstrap staging --release a',
    });
    await expect(plan(run(enough, table, table, asked, { allowed: null }))).rejects.toMatchObject({
      code: 'not-bootstrapped',
      hint: 'soundbite bootstrap staging',
    });
    expect(asked).toEqual([]);
  });

  it('bootstraps an emulated account that allows less, and no other', async () => {
    const asked: string[] = [];
    const emulated = { kind: 'emulated', allowed: forTable };
    expect(await plan(run(null, table, table, asked, emulated))).toMatchObject({ state: 'succeeded' });
    expect(asked.filter((one) => one.startsWith('bootstrap'))).toEqual([]);
    await plan(run(null, table, { ...table, ...queue }, asked, emulated));
    await plan(run(null, null, table, asked, { kind: 'emulated', allowed: null }));
    expect(asked.filter((one) => one.startsWith('bootstrap'))).toEqual([
      'bootstrap for AWS::DynamoDB::Table,AWS::SQS::Queue',
      'bootstrap for AWS::DynamoDB::Table',
    ]);
  });

  it('fails a release with a type of resource that no bootstrap allows', async () => {
    const cluster = { Cluster: { Type: 'AWS::ECS::Cluster', Properties: {} } };
    const refused = await plan(run(enough, null, cluster));
    expect(refused).toMatchObject({ state: 'failed' });
    expect(refused.detail).toContain('AWS::ECS::Cluster is no type of resource');
  });

  it('ends where a stack stands that nothing declares any more', async () => {
    const forTwo = { ...holdingsIn({ Resources: table }), stacks: ['orders-data', 'soundbite-staging'] };
    expect(await plan(run(null, table, table, [], { allowed: forTwo }))).toEqual({
      state: 'failed',
      detail: expect.stringMatching(/^the stack orders-data stands, and service\.yaml lists it no more; list it again/),
    });
    expect(await plan(run(null, null, table, [], { allowed: forTwo }))).toMatchObject({ state: 'succeeded' });
  });
});
