import { expect, it } from 'vitest';
import { z } from 'zod';
import { environmentsIn } from './declaration/testing/given.ts';
import { canonicalJson, digestOf } from './digest.ts';
import { WrittenGate } from './gates/declared.ts';
import { optionalPrograms } from './program-copy.ts';
import {
  overriddenIn,
  PromotionPlan,
  planFormat,
  planFormats,
  planPromotion,
  planTrouble,
  recordedPlan,
} from './promotion-plan.ts';
import { recordedEnvironment } from './recorded-environment.ts';

/** Of a JSON Schema what it holds values to, without what it says to people. */
const bare = (schema: unknown): unknown =>
  Array.isArray(schema)
    ? schema.map(bare)
    : typeof schema === 'object' && schema !== null
      ? Object.fromEntries(
          Object.entries(schema).flatMap(([key, value]) =>
            key === 'description' && typeof value === 'string' ? [] : [[key, bare(value)]],
          ),
        )
      : schema;

it('a recorded plan’s shape has a name of its own: who changes the shape gives it the next one', () => {
  const shape = PromotionPlan.omit({ format: true });
  // Never change a digest here: add a format to planFormats, its digest here, and a plan of it to tests/parts/engine/histories.
  expect({ [planFormat]: digestOf(canonicalJson(bare(z.toJSONSchema(shape)))) }).toEqual({
    'soundbite.plan/7': 'sha256:ad737a02f5b6f7c987d7594375b40bc12ab8d02cd743721d189de688b1ea16fa',
  });
  expect(planFormats.at(-1)).toBe(planFormat);
});

const [, second] = environmentsIn({});
if (!second) throw new Error('there are two');
const environment = { ...second, gates: [{ gate: 'smoke', options: {} }, ...second.gates] };
const release = `sha256:${'a'.repeat(64)}`;
const plan = { format: planFormat, kind: 'promote', environment, release, previous: null, steps: [], undo: [] };

it('a plan that this version cannot read says what reads it', () => {
  expect(planTrouble(plan)).toBeNull();
  for (const format of planFormats) expect(planTrouble({ ...plan, format })).toBeNull();
  expect(planTrouble({ ...plan, format: 'soundbite.plan/9', stages: [] })).toBe(
    'reads plans of the format soundbite.plan/9',
  );
  const cloud = { ...environment.cloud, vault: 'x' };
  expect(planTrouble({ ...plan, environment: { ...environment, cloud } })).toBe(
    'reads environment.cloud.vault in its plan',
  );
  expect(planTrouble({ ...plan, canary: 5, environment: { ...environment, runtime: 'nomad' } })).toBe(
    'reads environment.runtime, canary in its plan',
  );
});

it('a plan from when settings were called service is read as today’s, and stays as it was recorded', () => {
  const { settings, ...rest } = environment;
  const old = { ...plan, format: 'soundbite.plan/2', environment: { ...rest, service: settings } };
  const before = structuredClone(old);
  expect(planTrouble(old)).toBeNull();
  expect(recordedPlan(old)).toEqual({ ...plan, format: 'soundbite.plan/2' });
  expect(recordedEnvironment(old.environment)).toEqual(environment);
  expect(recordedPlan(plan)).toEqual(plan);
  expect(old).toEqual(before);
  expect(planTrouble({ ...old, environment: { ...environment, service: {} } })).toBe(
    'reads environment.service in its plan',
  );
  expect(planTrouble({ format: 'soundbite.plan/3', environment: null })).toContain('environment');
});

it('a plan names the programs that its release brings beside its smoke; without them it is what it was', () => {
  const digest = digestOf('release');
  const facts = { environment, release: digest, previous: null };
  const plan = (kind: 'promote' | 'rollback', programs?: typeof optionalPrograms) =>
    planPromotion({ request: { kind, allowRemovals: [] }, ...facts, ...(programs ? { programs } : {}) });
  const keys = (made: PromotionPlan) => made.steps.map(({ key }) => key);
  expect(keys(plan('promote', optionalPrograms)).slice(3)).toEqual([
    '04-publish',
    '05-migration',
    '06-smoke',
    '07-compatibility',
    '08-shift',
    '09-watch',
    '10-finalise',
  ]);
  expect(keys(plan('promote'))).toEqual([
    '01-verify',
    '02-plan',
    '03-infrastructure',
    '04-publish',
    '05-smoke',
    '06-shift',
    '07-watch',
    '08-finalise',
  ]);
  expect(plan('rollback', optionalPrograms)).toEqual(plan('rollback'));
  expect(planTrouble(plan('promote', optionalPrograms))).toBeNull();
});

it('a plan has the steps of the gates that are declared, with the options that count where the cloud is', () => {
  const watched = { gate: 'watch', options: { seconds: 9, minimumRequests: 1 }, emulated: { minimumRequests: 0 } };
  const made = (cloud: typeof environment.cloud, gates: typeof environment.gates) =>
    planPromotion({
      request: { kind: 'promote', allowRemovals: [] },
      environment: { ...environment, cloud, gates },
      release: digestOf('a'),
      previous: null,
    }).steps;
  const real = { kind: 'real' as const, account: '123456789012', region: 'eu-central-1', role: 'r' };
  expect(made(environment.cloud, [watched]).find(({ kind }) => kind === 'watch')?.with).toEqual({
    seconds: 9,
    minimumRequests: 0,
  });
  expect(made(real, [watched]).find(({ kind }) => kind === 'watch')?.with).toEqual(watched.options);
  const without = made(environment.cloud, []).map(({ kind }) => kind);
  expect(without).toEqual(['verify', 'plan', 'infrastructure', 'publish', 'shift', 'finalise']);
});

it('a plan says which gates it goes past although they fail: those whose declaration lets this role do it', () => {
  const gates = [
    { gate: 'smoke', options: { override: 'admin' } },
    { gate: 'tests', options: {} },
    { gate: 'watch', options: { seconds: 9, override: 'deployer' } },
    { gate: 'alarms', options: { names: ['errors'], override: 'admin' } },
  ];
  const past = (more: object) =>
    planPromotion({
      request: { kind: 'promote', allowRemovals: [], reason: 'an outage', ...more },
      environment: { ...environment, gates },
      release: digestOf('a'),
      previous: null,
    }).steps.flatMap((step) => (overriddenIn(step) === 'an outage' ? [step.kind] : []));
  expect(past({ override: true, role: 'admin' })).toEqual(['smoke', 'watch', 'alarms']);
  expect(past({ override: true, role: 'deployer' })).toEqual(['watch']);
  expect(past({ breakGlass: true, role: 'admin' })).toEqual([]);
  expect(past({ role: 'admin' })).toEqual([]);
});

it('alarms that say nothing of it are a deployer’s to go past at entry, and nobody’s under traffic', () => {
  const alarms = WrittenGate.parse({ alarms: { names: ['errors'] } });
  const [step] = planPromotion({
    request: { kind: 'promote', allowRemovals: [], override: true, role: 'admin', reason: 'an outage' },
    environment: { ...environment, gates: [alarms] },
    release: digestOf('a'),
    previous: null,
  }).steps.filter(({ kind }) => kind === 'alarms');
  expect(step && overriddenIn(step)).toBeNull();
});

it('an environment of before has its watch among its gates, which needed no requests', () => {
  const { gates: _, ...rest } = environment;
  const old = { ...rest, gates: ['smoke'], watch: 5 };
  expect(recordedEnvironment(old)).toEqual({
    ...rest,
    gates: [
      { gate: 'smoke', options: {} },
      { gate: 'watch', options: { seconds: 5, minimumRequests: 0 } },
    ],
  });
  const recorded = { ...plan, format: 'soundbite.plan/4', environment: old };
  expect(planTrouble(recorded)).toBeNull();
});

it('what is adopted is not tried and takes no traffic away when it fails; live, it is promoted without a smoke as it has none', () => {
  const request = { kind: 'promote' as const, allowRemovals: ['Topic'] };
  const facts = { request, environment, release: digestOf('a'), isAdopted: true };
  const first = planPromotion({ ...facts, previous: null });
  expect(first.steps.map(({ kind }) => kind)).toEqual([
    ...['verify', 'plan', 'adopt', 'infrastructure', 'publish', 'shift', 'finalise'],
  ]);
  expect(first.undo).toEqual([]);
  const again = planPromotion({ ...facts, previous: digestOf('b') });
  expect(again.steps.map(({ kind }) => kind)).not.toContain('adopt');
  expect(again.steps.map(({ kind }) => kind)).not.toContain('smoke');
  expect(again.undo).toHaveLength(1);
});
