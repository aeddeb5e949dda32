import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PromotionView } from '@soundbite/client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { aliasedVersions } from '../../../packages/runtimes/src/testing-account.ts';
import { cli, root } from '../../support/cli.ts';
import { killControlPlane } from '../../support/control-plane-kill.ts';
import { greeter } from '../../support/described/greeter.ts';
import { evidenceFiles } from '../../support/evidence-files.ts';
import { type GatedStage, gatedStage } from '../../support/gated-stage.ts';
import type { Repository } from '../../support/repository.ts';
import { workingCopy } from '../../support/working-copy.ts';

/** `stage` has every gate that looks at the world; `last` waits for a user once it has the traffic. */
const environments = [
  { name: 'test', gates: '[smoke]' },
  {
    name: 'stage',
    gates: `[{ soak: { seconds: 0, requests: 3 } }, { evidence: { kind: tests } }, drift, { alarms: { names: [greeter-errors] } }, smoke, tests, { watch: { seconds: 1, emulated: { minimumRequests: 0 } } }]`,
  },
  { name: 'last', gates: '[{ alarms: { names: [last-errors] } }, smoke, { watch: { seconds: 0 } }]' },
];

let on: GatedStage;
let newer: Repository;
let files: string;
/** The first one. */
let release: string;

beforeAll(async () => {
  on = await gatedStage(environments);
  files = await mkdtemp(join(tmpdir(), 'soundbite-evidence-'));
  await Promise.all(evidenceFiles.map(({ name, text }) => writeFile(join(files, name), text)));
  await bringTests();
  await on.soundbite(0, 'up', 'test');
  await ring('OK');
  release = (await on.environment('test'))?.release ?? '';
});
afterAll(async () => {
  await rm(files, { recursive: true });
  await on?.remove();
  await newer?.remove();
});

/** The greeter declares its second program. */
async function bringTests(): Promise<void> {
  const tests = 'tests: { directory: smoke, command: [node, tests.mjs], seconds: 30 }';
  await on.service.change('service.yaml', 'smoke:\n', `${tests}\n\nsmoke:\n`);
}

const say = (of: string, file: string) => on.soundbite(0, 'evidence', 'add', of, 'tests', '--file', join(files, file));

const patient = { timeout: 90_000, interval: 500 };

const users = async (name: string, requests: number) => {
  const { url } = (await on.client.status([name])).environments[0] ?? {};
  for (let n = 0; n < requests; n += 1) expect((await fetch(`${url}/?name=Ada`)).status).toBe(200);
};

it('users and evidence that are missing are waited for, over a kill -9 and an upgrade of the control plane', async () => {
  const waiting = await on.waiting('stage');
  expect(waiting.waitingFor.map(({ gate }) => gate)).toEqual(['soak', 'evidence']);
  expect(waiting.reason).toContain('3 requests of users');
  await users('test', 3);
  await killControlPlane(on.home);
  await vi.waitFor(async () => expect(await on.waitsFor(waiting.promotion)).toEqual(['evidence']), patient);
  await upgrade();
  expect(await on.waitsFor(waiting.promotion)).toEqual(['evidence']);
  await say(release, 'reviewed.json');
  const { state, gates } = await on.end(waiting.promotion);
  expect([state, gates.map(({ gate, verdict }) => `${gate} ${verdict}`)]).toEqual([
    'succeeded',
    'soak evidence drift alarms smoke tests watch alarms'.split(' ').map((gate) => `${gate} pass`),
  ]);
});

/** Another SoundBite takes over, whose code differs; what it runs from stays until the end. */
async function upgrade(): Promise<void> {
  newer = await workingCopy();
  await symlink(join(root, '.venv'), join(newer.directory, '.venv'));
  const line = 'import type { ControlPlaneAddress }';
  await newer.change('apps/control-plane/src/main.ts', line, `// newer\n${line}`);
  const env = { SOUNDBITE_ROOT: on.service.directory };
  const up = await cli(['up', 'test'], { home: on.home, repository: newer.directory, env });
  expect(up.code, up.stderr).toBe(0);
}

it.each(evidenceFiles)('of evidence, $name is: $says', async ({ name, says }) => {
  const exits = { pass: 0, fail: 0, unreadable: 2, 'too large': 2 };
  const said = await on.soundbite<object>(
    exits[says],
    'evidence',
    'add',
    release,
    'tests',
    '--file',
    join(files, name),
  );
  const expected = {
    unreadable: { error: { code: 'evidence-unreadable' } },
    'too large': { error: { message: expect.stringContaining('8388608 are allowed') } },
  };
  expect(said).toMatchObject(says in expected ? expected[says as keyof typeof expected] : { verdict: says });
});

it('evidence that says later that it fails takes the right to enter away, until the newest passes again', async () => {
  await say(release, 'found.sarif');
  const refused = await on.soundbite<PromotionView>(1, 'promote', 'stage');
  expect(refused).toMatchObject({ steps: [], reason: expect.stringContaining('tests says that it fails') });
  await say(release, 'clean.sarif');
  expect(await on.soundbite(0, 'promote', 'stage')).toMatchObject({ state: 'succeeded' });
});

it('an alarm that rings keeps a release out; who fixes it forward enters with it', async () => {
  const next = await on.cut(greeter.mark('two'));
  await reaches(next);
  await ring('ALARM');
  const waiting = await on.waiting('stage');
  expect(waiting.waitingFor).toEqual([expect.objectContaining({ gate: 'alarms' })]);
  expect(waiting.reason).toMatch(/greeter-errors rings since .*--fix-forward/);
  await on.soundbite(0, 'abort', waiting.promotion);
  const { gates } = await on.soundbite<PromotionView>(0, 'promote', 'stage', '--fix-forward', 'it mends the errors');
  expect(gates.filter(({ gate }) => gate === 'alarms')).toMatchObject([
    { moment: 'entry', verdict: 'pass', reasons: [expect.stringContaining('it mends the errors'), expect.anything()] },
    { moment: 'traffic', verdict: 'pass' },
  ]);
  await ring('OK');
});

it('what was changed by hand keeps the next release out, until it is repaired', async () => {
  const next = await on.cut(greeter.mark('three'));
  await reaches(next);
  await changeByHand('stage');
  const waiting = await on.waiting('stage');
  expect(waiting.waitingFor).toEqual([expect.objectContaining({ gate: 'drift' })]);
  expect(waiting.reason).toMatch(/greet\.other/);
  await on.soundbite(0, 'repair', 'stage');
  expect(await on.end(waiting.promotion)).toMatchObject({ state: 'succeeded', release: next });
});

it('what was changed by hand goes no further, mended by hand or not, until it is reconciled or accepted', async () => {
  const next = await on.cut(greeter.mark('four'));
  await reaches(next);
  await changeByHand('test');
  const kept = await on.waiting('stage');
  expect(kept.waitingFor).toEqual([expect.objectContaining({ gate: 'taint' })]);
  await on.soundbite(0, 'abort', kept.promotion);
  const taints = async () => (await on.environment('test'))?.taints;
  const tainted = await taints();
  expect(tainted).toEqual([expect.objectContaining({ environment: 'test', why: 'drift', ended: null })]);
  // Nothing keeps a rollback out of it, and what it brings back goes no further either.
  const back = await on.soundbite<PromotionView>(0, 'rollback', 'test');
  expect(back).toMatchObject({ state: 'succeeded', previous: next });
  expect(await taints()).toEqual(tainted);
  await reaches(next);
  expect(await taints()).toEqual([]);
  await changeByHand('test');
  const mended = await on.waiting('stage');
  await changeByHand('test', 'greet.handle');
  expect(await on.waitsFor(mended.promotion)).toEqual(['taint']);
  await on.soundbite(0, 'taint', 'accept', 'test', '--reason', 'the name of a handler');
  expect(await on.end(mended.promotion)).toMatchObject({ state: 'succeeded', release: next });
});

it('a release whose own tests fail is stopped before any traffic, and what was live stays', async () => {
  const before = await on.environment('stage');
  const bad = await on.cut([['src/greet.py', 'Hello, {name}!', 'Hello, {name[:3]}!']]);
  await reaches(bad);
  const failed = await on.soundbite<PromotionView>(1, 'promote', 'stage');
  expect(failed.gates.at(-1)).toMatchObject({ gate: 'tests', moment: 'version', verdict: 'fail' });
  expect(failed.steps.map(({ name }) => name)).not.toContain('shift');
  expect(await on.environment('stage')).toMatchObject({ state: 'healthy', release: before?.release });
});

/** Somebody with the account's credentials gives its function another handler. */
async function changeByHand(environment: string, handler = 'greet.other'): Promise<void> {
  const names = Object.keys(await aliasedVersions(await on.account(environment)));
  const name = names.find((one) => one.includes(environment)) ?? '';
  await on.aws(environment, 'lambda', 'update-function-configuration', '--function-name', name, '--handler', handler);
}

it('an alarm that begins to ring under the new release takes it back, whatever its users see', async () => {
  await ring('OK', 'last-errors');
  const promoted = on.soundbite<PromotionView>(1, 'promote', 'last');
  // The watch needs a user, so the alarm rings before the release is judged.
  await vi.waitFor(async () => {
    const { environments } = await on.client.status(['last']);
    expect(environments[0]?.promotion?.step).toBe('watch');
  }, patient);
  await ring('ALARM', 'last-errors');
  await users('last', 1);
  const { gates, steps } = await promoted;
  expect(gates.filter(({ moment }) => moment === 'traffic')).toMatchObject([
    { gate: 'watch', verdict: 'pass', reasons: [expect.stringContaining('1 requests watched')] },
    { gate: 'alarms', verdict: 'fail', reasons: [expect.stringMatching(/^last-errors rings since/)] },
  ]);
  expect(steps.at(-1)).toMatchObject({ name: 'rollback', state: 'succeeded' });
  expect(await on.environment('last')).toMatchObject({ state: 'empty', release: null });
});

/** It is in the environment before, has users there, and evidence. */
async function reaches(next: string): Promise<void> {
  await on.soundbite(0, 'promote', 'test', '--release', next);
  await users('test', 3);
  await say(next, 'passed.xml');
}

/** An alarm that a gate asks for, in this state until the next time: no data comes that would change it. */
async function ring(state: 'OK' | 'ALARM', name = 'greeter-errors'): Promise<void> {
  const alarm = ['--alarm-name', name];
  const metric = ['--namespace', 'greeter', '--metric-name', 'errors', '--statistic', 'Sum', '--period', '60'];
  const limit = ['--threshold', '1', '--comparison-operator', 'GreaterThanOrEqualToThreshold'];
  const rules = ['--evaluation-periods', '1', '--treat-missing-data', 'ignore'];
  await on.aws('test', 'cloudwatch', 'put-metric-alarm', ...alarm, ...metric, ...limit, ...rules);
  const said = ['--state-value', state, '--state-reason', 'a test says so'];
  await on.aws('test', 'cloudwatch', 'set-alarm-state', ...alarm, ...said);
}
