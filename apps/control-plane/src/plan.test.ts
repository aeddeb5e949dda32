import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DeclaredOtherwise,
  type Digest,
  digestOf,
  givenParameters,
  type Holdings,
  holdingsIn,
  noHoldings,
  type RecreationRules,
  SoundBiteError,
  type StackPresence,
} from '@soundbite/model';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plan } from './plan.ts';
import type { World } from './world/world.ts';

const live: Digest = digestOf('live');
/** Types of which the specification was asked. */
const asked: string[][] = [];
let directory: string;
beforeEach(() => {
  asked.length = 0;
  directory = mkdtempSync(join(tmpdir(), 'soundbite-plan-'));
  mkdirSync(join(directory, 'settings'));
  writeFileSync(join(directory, 'settings/staging.json'), '{"logLevel":"info"}');
});
afterEach(() => rmSync(directory, { recursive: true }));

const gates = [
  { gate: 'smoke', options: {} },
  { gate: 'watch', options: { seconds: 2 } },
];

/** As much of a world as a plan of `live` for staging, where it is live, asks for; the deployed template has `deployed`. */
function world(
  deployed: object,
  found: Partial<StackPresence> = {},
  other: DeclaredOtherwise | null = null,
  allowed?: Holdings,
): World {
  const environment = { name: 'staging', gates, cloud: { kind: allowed ? 'real' : 'emulated' } };
  const manifest = { format: 'soundbite.release/2', migration: {} };
  const release = { digest: live, directory, manifest, provenance: { commit: 'a'.repeat(40) } };
  const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } } };
  return {
    config: { root: directory },
    declaration: () => ({ environments: [environment] }),
    releases: { get: async () => release, list: async () => [release] },
    clouds: { of: async () => ({}) },
    infrastructure: {
      isBootstrapped: async () => true,
      allowed: async () => allowed,
      state: async () => ({
        template: { Resources: { ...template.Resources, ...deployed } },
        parameters: givenParameters(live, 'emulated'),
      }),
      async recreation(types: ReadonlySet<string>): Promise<RecreationRules> {
        asked.push([...types]);
        return new Map([['AWS::SNS::Topic', { properties: { TopicName: 'Always' }, parts: {} }]]);
      },
      presence: async () => ({ missing: [], changed: [], leftovers: [], ...found }),
    },
    template: async () => template,
    ownReleases: { get: async () => release },
    sharedReleases: null,
    runtime: () => ({ observe: async () => ({ versions: [] }) }),
    engine: {
      entryGates: async () => [],
      declaredOtherwise: async () => other,
      records: {
        environment: async () => ({ liveRelease: live }),
        expectedSeconds: async () => new Map(),
        commitText: async () => ({ subject: 'Louder', author: 'Ada' }),
        wasLive: async () => true,
        floorAbove: async () => null,
        history: async () => [],
        rollbackFloor: async () => null,
        blockOf: async () => null,
        acting: async () => ({ glass: [] }),
        usualRollbackSeconds: async () => null,
        ranMigration: async () => null,
      },
    },
  } as unknown as World;
}

it('of the release that is live there says that nothing would change', async () => {
  expect(await plan(world({}), 'staging', live)).toMatchObject({
    release: live,
    current: live,
    resources: [],
    settings: [],
    admission: { admitted: true, note: 'already live in staging, nothing would change' },
  });
  // Nothing is read that nobody needs.
  expect(asked).toEqual([]);
});

it('names the release by its commit, also where the history here cannot say what it brings', async () => {
  expect(await plan(world({}), 'staging', live)).toMatchObject({ commits: null, cut: { subject: 'Louder' } });
});

it('shows the steps of the programs that the release brings', async () => {
  const { steps } = await plan(world({}), 'staging', live);
  expect(steps.map(({ name }) => name)).toEqual([
    'verify',
    'plan',
    'infrastructure',
    'publish',
    'migration',
    'smoke',
    'shift',
    'watch',
    'finalise',
  ]);
  expect(steps.find(({ name }) => name === 'migration')).toEqual({
    name: 'migration',
    does: 'run the migration of the release, once here; after it no rollback goes to a release from before',
    expectedSeconds: null,
  });
});

it('refuses while a stack stands that nothing declares any more, as the promotion does', async () => {
  const has = { ...noHoldings, stacks: ['orders-data', 'soundbite-staging'] };
  expect(await plan(world({}, {}, null, has), 'staging', live)).toMatchObject({
    admission: {
      admitted: false,
      code: 'stack-undeclared',
      reason: 'the stack orders-data stands, and service.yaml lists it no more',
      hint: expect.stringContaining('list it again (name: orders-data)'),
    },
  });
});

it('names what CloudFormation would replace, by its specification', async () => {
  const renamed = { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'other' } } };
  expect(await plan(world(renamed), 'staging', live)).toMatchObject({
    resources: [{ id: 'Topic', change: 'replace' }],
    removals: [{ id: 'Topic', what: 'replacement', detail: 'AWS::SNS::Topic is replaced when TopicName changes' }],
  });
  expect(asked).toEqual([['AWS::SNS::Topic']]);
});

it('of the live release over the template of a newer one says what would', async () => {
  const alarm = { Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: {} } };
  expect(await plan(world(alarm), 'staging', live)).toMatchObject({
    resources: [{ id: 'Alarm', change: 'remove' }],
    admission: { admitted: true, note: 'already live in staging' },
  });
});

it('names what somebody deleted in the account, and does not say that nothing would change', async () => {
  const missing = [{ id: 'Queue', type: 'AWS::SQS::Queue', physicalId: 'https://sqs/jobs' }];
  expect(await plan(world({}, { missing }), 'staging', live)).toMatchObject({
    missing,
    leftovers: [],
    admission: { admitted: true, note: 'already live in staging' },
  });
});

it('says where the environment is declared otherwise than on record, before anything is done', async () => {
  const other = {
    by: 'ana',
    host: 'desk',
    at: '2026-11-26T12:00:00.000Z',
    differs: [{ path: 'watch', recorded: 5, here: 2 }],
  };
  expect(await plan(world({}, {}, other), 'staging', live)).toMatchObject({ declaredOtherwise: other });
  expect(await plan(world({}), 'staging', live)).toMatchObject({ declaredOtherwise: null });
});

it('without a release to promote says where one has to come from: a cut for the first environment, the one before for others', async () => {
  const empty = (before: readonly string[]): World => {
    const environments = [...before, 'staging'].map((name) => ({ name, gates, cloud: { kind: 'emulated' } }));
    return {
      ...world({}),
      declaration: () => ({ environments }),
      releases: { list: async () => [] },
      engine: { records: { environment: async () => ({ liveRelease: null }) } },
    } as unknown as World;
  };
  const message = 'no release can be promoted into staging: ';
  await expect(plan(empty([]), 'staging', undefined)).rejects.toMatchObject({
    code: 'nothing-to-promote',
    message: `${message}none has been cut`,
    hint: 'soundbite release cut',
  });
  await expect(plan(empty(['qa']), 'staging', undefined)).rejects.toMatchObject({
    message: `${message}qa is empty`,
    hint: 'soundbite promote qa',
  });
});

it('names what a real account’s bootstrap does not allow, before a promotion refuses it', async () => {
  const planned = (allowed: Holdings) => plan(world({}, {}, null, allowed), 'staging', live);
  expect(await planned(noHoldings)).toMatchObject({ unallowed: ['AWS::SNS::Topic Topic (named by CloudFormation)'] });
  const topic = holdingsIn({ Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } } });
  expect(await planned(topic)).toMatchObject({ unallowed: [] });
});

it('says where a rollback would go: to what is live, ready or not, and what stands in the way', async () => {
  const [next, here] = [digestOf('next'), live];
  const promoted = { kind: 'promote', release: here, previous: null, migrated: false };
  const planned = async (records: object, observe: () => object | Promise<object>, get?: () => unknown) => {
    const stage = world({});
    const release = { ...(await stage.releases.get(here)), digest: next, manifest: { format: 'soundbite.release/2' } };
    const engine = {
      ...stage.engine,
      records: { ...stage.engine.records, history: async () => [promoted], ...records },
    };
    const more = { engine, releases: { get: async () => release }, runtime: () => ({ observe }) };
    const own = get ? { ownReleases: { get } } : {};
    return (await plan({ ...stage, ...more, ...own } as unknown as World, 'staging', next)).rollback;
  };
  const seen = (healthy: boolean) => () => ({ versions: [{ release: here, share: 1, healthy, detail: '' }] });
  const seconds = { usualRollbackSeconds: async () => 1.5 };
  expect(await planned(seconds, seen(true))).toEqual({ to: here, ready: true, obstacles: [], usualSeconds: 1.5 });
  const steps = {
    expectedSeconds: async () => new Map(['verify', 'publish', 'shift', 'finalise'].map((name) => [name, 1])),
  };
  expect(await planned(steps, seen(false))).toMatchObject({ ready: false, usualSeconds: 4 });
  const away = () => Promise.reject(new Error('no answer'));
  expect(await planned({}, away)).toMatchObject({ to: here, ready: null, usualSeconds: null });
  const removed = () =>
    Promise.reject(new SoundBiteError('release-unknown', 'there is no release', { hint: 'cut it' }));
  expect(await planned({}, seen(true), removed)).toMatchObject({
    obstacles: [{ code: 'release-unknown', reason: 'there is no release', hint: 'cut it' }],
  });
  const blockOf = async () => ({ release: here, blocked: true, reason: 'wrong', by: 'ana' });
  expect(await planned({ blockOf }, seen(true))).toMatchObject({ to: null, obstacles: [{ code: 'release-blocked' }] });
});

it('goes nowhere back from a release that migrates, unless it was live with its migration before', async () => {
  const withHistory = (ran: object | null) => {
    const stage = world({});
    const history = async () => [{ kind: 'promote', release: digestOf('old'), previous: null, migrated: false }];
    const environment = async () => ({ liveRelease: digestOf('old') });
    const records = { ...stage.engine.records, history, environment, ranMigration: async () => ran };
    return { ...stage, engine: { ...stage.engine, records } } as unknown as World;
  };
  expect((await plan(withHistory(null), 'staging', live)).rollback).toMatchObject({
    to: null,
    obstacles: [{ code: 'rollback-below-floor' }],
  });
  const before = { promotion: 'p-1', wasLive: true };
  expect((await plan(withHistory(before), 'staging', live)).rollback).toMatchObject({ to: digestOf('old') });
});
