import { patience } from '@soundbite/engine/patience.ts';
import { type DeclaredGate, digestOf, maxEvidenceBytes, SoundBiteError } from '@soundbite/model';
import { expect, it, vi } from 'vitest';
import { environments } from './declared.ts';
import { engineStage } from './stage.ts';

/** What entry gates ask for on real records: waiting, letting in, refusing, over a restart. */

const on = engineStage();
const { world, ask, ended, promoted } = on;
const [first, second] = on.names;

const tests: DeclaredGate = { gate: 'evidence', options: { kind: 'tests' } };

/** The second environment has these gates as well. */
const having = (...gates: readonly DeclaredGate[]) => {
  world.hooks.declaration = () => ({
    digest: digestOf('gates'),
    environments: environments.map((one) => (one.name === second ? { ...one, gates: [...gates, ...one.gates] } : one)),
  });
};

const bring = (release: string, verdict: 'pass' | 'fail', by = 'ci') => {
  const file = Buffer.from(JSON.stringify({ verdict, at: performance.now() }));
  expect(file.byteLength).toBeLessThan(maxEvidenceBytes);
  const facts = [{ name: 'all', ok: verdict === 'pass', detail: '' }];
  return on.engine.records.addEvidence({
    ...{ release: release as never, kind: 'tests', url: null, by, file },
    ...{ format: 'json' as const, verdict, facts },
  });
};

const waiting = (id: string) =>
  vi.waitFor(async () => {
    const view = await on.engine.view(id);
    expect(view.waitingFor.length, JSON.stringify(view)).toBeGreaterThan(0);
    return view;
  }, 10_000);

it('without evidence a promotion waits, says for what, writes nothing meanwhile, outlives a restart, and goes on when it is there', async () => {
  const release = await promoted(first, 'to be tested');
  having(tests);
  const id = await ask(second, { release });
  const reason =
    'evidence: there is no evidence of the kind tests yet: soundbite evidence add <release> tests --file <report>';
  const held = await waiting(id);
  expect(held).toMatchObject({ state: 'waiting', waitsFor: 'person', reason, admission: null });
  expect(held.waitingFor).toEqual([{ gate: 'evidence', who: [], until: null }]);
  await on.engine.stop();
  on.engine = await on.start();
  // It is asked again, and nothing is written.
  const asked = vi.spyOn(on.engine.records, 'newestEvidence');
  await vi.waitFor(() => expect(asked).toHaveBeenCalled(), 15_000);
  expect((await on.engine.view(id)).revision).toBe(held.revision);
  const broughtAt = performance.now();
  const { id: evidence } = await bring(release, 'pass');
  await vi.waitFor(async () => expect((await on.engine.view(id)).admission).not.toBeNull(), 15_000);
  // News of it is heard: it is not only looked at again.
  expect(performance.now() - broughtAt).toBeLessThan(patience.admission.afterFixMs - 1_000);
  const view = await ended(id);
  expect(view).toMatchObject({ state: 'succeeded', waitingFor: [] });
  expect(view.gates.map(({ gate, moment, verdict }) => [gate, moment, verdict])).toEqual([
    ['evidence', 'entry', 'pass'],
    ['smoke', 'version', 'pass'],
    ['watch', 'traffic', 'pass'],
  ]);
  expect(view.gates[0]?.reasons).toEqual([`tests passes (${evidence})`]);
  const { rows } = await on.sql.query(
    `select payload from soundbite.ledger where subject = $1 and kind = 'promotion.admitted'`,
    [id],
  );
  expect(rows[0]?.payload.gates).toEqual(view.gates.slice(0, 1));
});

it('evidence counts from those whom its gate names: nobody else stops a release by a file, and theirs does', async () => {
  having({ gate: 'evidence', options: { kind: 'tests', by: ['ci'] } });
  const release = await promoted(first, 'tested by ci');
  const { id } = await bring(release, 'pass');
  await bring(release, 'fail', 'mallory');
  const passed = await ended(await ask(second, { release }));
  expect([passed.state, passed.gates[0]?.reasons]).toEqual(['succeeded', [`tests passes (${id})`]]);
  await bring(release, 'fail');
  await bring(release, 'pass', 'mallory');
  expect(await ended(await ask(second, { release }))).toMatchObject({ state: 'failed', steps: [] });
});

it('what may be waited for so long and no longer ends a promotion by itself, and says what it waited for', async () => {
  const release = await promoted(first, 'nobody tests it');
  having({ gate: 'evidence', options: { kind: 'tests', waitAtMost: '2s' } });
  const id = await ask(second, { release });
  expect((await waiting(id)).reason).toMatch(/it fails at 20/);
  const view = await ended(id);
  expect(view).toMatchObject({ state: 'failed', steps: [], gates: [{ gate: 'evidence', verdict: 'fail' }] });
  expect(view.reason).toMatch(/there is no evidence of the kind tests yet.*it has waited for 2s$/);
});

it('evidence that says later that it fails takes the right to enter away again', async () => {
  const release = await promoted(first, 'tested twice');
  having(tests);
  await bring(release, 'pass');
  const { id: evidence } = await bring(release, 'fail');
  const view = await ended(await ask(second, { release }));
  const reason = `evidence: tests says that it fails (${evidence})`;
  expect(view).toMatchObject({ state: 'failed', reason, steps: [], gates: [{ gate: 'evidence', verdict: 'fail' }] });
});

it('a promotion that overrides the order overrides the gates of entry, which its record says; a rollback has none', async () => {
  having(tests);
  const before = world.add('in a hurry');
  const reason = 'the site is down';
  const hurried = await ended(await ask(second, { release: before, override: true, reason }));
  expect(hurried.state).toBe('succeeded');
  expect(hurried.gates[0]).toMatchObject({ gate: 'evidence', verdict: 'overridden', reasons: [reason] });
  await ended(await ask(second, { release: world.add('in a greater hurry'), override: true, reason }));
  const back = await ended(await ask(second, { kind: 'rollback' }));
  expect(back).toMatchObject({ state: 'succeeded', release: before, gates: [] });
});

it('drift keeps a release out of an environment until what is live there is brought back, which drift does not keep out', async () => {
  const one = await promoted(first, 'before the drift');
  having();
  expect(await ended(await ask(second, { release: one }))).toMatchObject({ state: 'succeeded' });
  const release = await promoted(first, 'after the drift');
  having({ gate: 'drift', options: {} });
  let changed = ['Table (Ttl)'];
  world.hooks.differences = (name) =>
    (name === second ? changed : []).map((what) => ({
      where: 'settings',
      detail: `somebody changed ${what}`,
      hint: `soundbite repair ${second}`,
    }));
  const id = await ask(second, { release });
  const reason = `drift: settings: somebody changed Table (Ttl); soundbite repair ${second}`;
  expect(await waiting(id)).toMatchObject({ reason, waitsFor: 'person', waitingFor: [{ gate: 'drift' }] });
  const repair = ended(await ask(second, { release: one, reason: 'repair' }));
  changed = [];
  expect((await repair).gates[0]).toMatchObject({
    gate: 'drift',
    verdict: 'pass',
    reasons: ['it brings back what is live'],
  });
  // News of the repair is heard: nobody waits for the next minute.
  const view = await ended(id);
  expect(view).toMatchObject({ state: 'succeeded', gates: [{ gate: 'drift', verdict: 'pass' }, {}, {}] });
});

it('drift that could not be looked for is no pass, and is overridden with a reason', async () => {
  const release = await promoted(first, 'nobody may look');
  having({ gate: 'drift', options: {} });
  world.hooks.differences = () => {
    throw new SoundBiteError('cloud-throttled', 'the account does not answer');
  };
  const id = await ask(second, { release });
  await vi.waitFor(async () => expect((await on.engine.view(id)).gates[0]?.verdict).toBe('errored'), 10_000);
  expect((await on.engine.view(id)).reason).toContain('drift: the account does not answer');
  await on.engine.abort(id, 'test');
  const forced = await ended(await ask(second, { release, override: true, reason: 'seen by hand' }));
  expect(forced).toMatchObject({ state: 'succeeded', gates: [{ gate: 'drift', verdict: 'overridden' }, {}, {}] });
  delete world.hooks.differences;
});

it('drift is looked for once a minute while something else keeps a promotion, and once more before it is let in', async () => {
  having();
  await ended(await ask(second, { release: world.add('there'), override: true, reason: 'test' }));
  const release = await promoted(first, 'looked at seldom');
  having({ gate: 'drift', options: {} }, tests);
  let looks = 0;
  world.hooks.differences = (name) => {
    if (name === second) looks++;
    return [];
  };
  const id = await ask(second, { release });
  await waiting(id);
  const askedAgain = vi.spyOn(on.engine.records, 'newestEvidence');
  await vi.waitFor(() => expect(askedAgain).toHaveBeenCalled(), 2 * patience.admission.afterFixMs);
  expect(looks).toBe(1);
  await bring(release, 'pass');
  expect(await ended(id)).toMatchObject({ state: 'succeeded' });
  expect(looks).toBe(2);
  delete world.hooks.differences;
});

it('a soak waits for its time in the environment before, from when the release was final there, and knows until when', async () => {
  const release = await promoted(first, 'soaked');
  const { finishedAt } = await on.engine.view(
    (await on.engine.records.list({ environment: first, limit: 1 }))[0]?.promotion ?? '',
  );
  having({ gate: 'soak', options: { seconds: 3, requests: 0, errorShare: 0.1 } });
  const id = await ask(second, { release });
  const until = new Date(Date.parse(finishedAt ?? '') + 3_000).toISOString();
  const held = await waiting(id);
  expect(held).toMatchObject({ waitsFor: null, waitingFor: [{ gate: 'soak', who: [], until }] });
  const view = await ended(id);
  expect(view).toMatchObject({
    state: 'succeeded',
    gates: [{ gate: 'soak', verdict: 'pass', reasons: ['3 s in dev-localstack'] }, {}, {}],
  });
});

it('a soak does not keep out what brings back the live release, though another one is in the environment before by now', async () => {
  const one = await promoted(first, 'live here');
  having();
  expect(await ended(await ask(second, { release: one }))).toMatchObject({ state: 'succeeded' });
  await promoted(first, 'the next one');
  having({ gate: 'soak', options: { seconds: 60, requests: 0, errorShare: 0.1 } });
  const view = await ended(await ask(second, { release: one, reason: 'repair' }));
  expect(view).toMatchObject({ state: 'succeeded', gates: [{ gate: 'soak', verdict: 'pass' }, {}, {}] });
});

it('a soak that wants users counts what they asked of the release there', async () => {
  const release = await promoted(first, 'asked by users');
  const since = await on.engine.records.liveSince(first, release);
  expect(since).not.toBeNull();
  expect(await on.engine.records.liveSince(first, world.add('never there'))).toBeNull();
  // The same again is no interruption.
  await ended(await ask(first, { release }));
  expect(await on.engine.records.liveSince(first, release)).toBe(since);
  having({ gate: 'soak', options: { seconds: 0, requests: 2, errorShare: 0.1 } });
  const id = await ask(second, { release });
  const held = await waiting(id);
  expect(held.reason).toBe(
    'soak: no verdict is possible yet: less than a tenth of 2 requests of users seen in dev-localstack',
  );
  await on.engine.abort(id, 'enough');
  expect((await ended(id)).waitingFor).toEqual([]);
});

it('a soak reads each page of what users asked until the last one, though they go on asking meanwhile', async () => {
  const release = await promoted(first, 'asked by many');
  having({ gate: 'soak', options: { seconds: 0, requests: 3, errorShare: 0.1 } });
  let pages = 0;
  const request = { release, status: 200, route: '/orders', pinned: false } as never;
  world.hooks.requests = () => ({ records: [request], more: ++pages < 3 });
  const view = await ended(await ask(second, { release }));
  expect(view.gates[0]).toMatchObject({ verdict: 'pass', reasons: ['0 s and 3 requests in dev-localstack'] });
  expect(pages).toBe(4);
});

const errors: DeclaredGate = {
  gate: 'alarms',
  options: { names: ['errors', 'latency'], insufficientData: 'wait', seconds: 0, timeout: '10m' },
};

/** The account's alarms, those that ring by name. */
const ringing = (...names: readonly string[]) => {
  const state = (name: string) => (names.includes(name) ? ('ALARM' as const) : ('OK' as const));
  world.hooks.alarms = () => ['errors', 'latency'].map((name) => ({ name, state: state(name), since: null }));
};

it('an alarm that rang before is waited for; who fixes it forward enters with it, and the record says who let what ring on', async () => {
  const release = await promoted(first, 'mends the errors');
  having(errors);
  ringing('errors');
  const held = await waiting(await ask(second, { release }));
  expect(held).toMatchObject({ waitingFor: [{ gate: 'alarms' }], gates: [{ gate: 'alarms', moment: 'entry' }] });
  expect(held.reason).toContain('alarms: errors rings, ');
  await on.engine.abort(held.promotion, 'with a reason');
  await ended(held.promotion);
  const view = await ended(await ask(second, { release, fixForward: 'it mends them' }));
  expect(view).toMatchObject({ state: 'succeeded', asked: { fixForward: 'it mends them' } });
  expect(view.gates.map(({ gate, moment, verdict }) => [gate, moment, verdict])).toEqual([
    ['alarms', 'entry', 'pass'],
    ['smoke', 'version', 'pass'],
    ['watch', 'traffic', 'pass'],
    ['alarms', 'traffic', 'pass'],
  ]);
  expect(view.gates[0]).toMatchObject({ reasons: ['fixed forward: it mends them', 'errors rings'], let: ['errors'] });
  expect(view.gates[3]?.reasons).toEqual(['1 OK; errors rings as before, and is fixed forward']);
});

it('an alarm that begins to ring under the new release fails it before it is final, though another one rang before', async () => {
  const live = (await on.engine.records.environment(second)).liveRelease;
  const release = await promoted(first, 'slows down');
  having(errors);
  ringing('errors');
  const shift = on.heldInShift();
  const id = await ask(second, { release, fixForward: 'it mends them' });
  await shift.reached;
  ringing('errors', 'latency');
  shift.go();
  const view = await ended(id);
  expect(view).toMatchObject({ state: 'failed', reason: 'alarms: latency rings' });
  expect(view.steps.at(-1)).toMatchObject({ name: 'rollback', state: 'succeeded' });
  expect((await on.engine.records.environment(second)).liveRelease).toBe(live);
});

it('alarms that begin to ring are gone past by the role that the environment names; that nobody is named for fail it', async () => {
  const promotedWith = async (role: 'deployer' | 'admin', override?: 'admin') => {
    having({ ...errors, options: { ...errors.options, ...(override && { override }) } });
    ringing();
    const release = await promoted(first, `of an alarm that is wrong, ${role} ${override}`);
    const shift = on.heldInShift();
    const id = await ask(second, { release, override: true, reason: 'the alarm is wrong', role });
    await shift.reached;
    ringing('latency');
    shift.go();
    const { state, gates } = await ended(id);
    return { state, alarms: gates.at(-1) };
  };
  const failed = { state: 'failed', alarms: { gate: 'alarms', moment: 'traffic', verdict: 'fail' } };
  expect(await promotedWith('admin')).toMatchObject(failed);
  expect(await promotedWith('deployer', 'admin')).toMatchObject(failed);
  const reasons = ['the alarm is wrong', 'latency rings'];
  expect(await promotedWith('admin', 'admin')).toMatchObject({
    ...{ state: 'succeeded', alarms: { gate: 'alarms', moment: 'traffic', verdict: 'overridden', reasons } },
  });
});

it('who overrides the gate has said why, so what rings goes on; a fix-forward is not for what follows with --through', async () => {
  const [, , third] = on.names;
  having(errors);
  ringing('errors');
  const overriding = { override: true, reason: 'the site is down' };
  const night = await ended(await ask(second, { release: world.add('at night, and mends'), ...overriding }));
  expect(night.state).toBe('succeeded');
  const reasons = ['the site is down', 'errors may go on'];
  expect(night.gates[0]).toMatchObject({ gate: 'alarms', verdict: 'overridden', reasons, let: ['errors'] });
  const more = { ...overriding, fixForward: 'it mends them', through: third };
  const view = await ended(await ask(second, { release: world.add('in a hurry, and mends'), ...more }));
  expect(view).toMatchObject({ state: 'succeeded', asked: { fixForward: 'it mends them' } });
  expect((await ended(view.next ?? '')).asked).not.toHaveProperty('fixForward');
});

const ownTests: DeclaredGate = { gate: 'tests', options: {} };

it('tests that a release brings run where the environment asks for them, and nowhere else; when they fail, what was live stays', async () => {
  const release = world.bringing('brings tests', 'tests');
  const overriding = { override: true, reason: 'a test' };
  const elsewhere = await ended(await ask(first, { release, ...overriding }));
  expect(on.stepsOf(elsewhere)).not.toContain('tests succeeded');
  having(ownTests);
  const view = await ended(await ask(second, { release }));
  expect(view.gates.map(({ gate, moment, verdict }) => [gate, moment, verdict])).toEqual([
    ['tests', 'version', 'pass'],
    ['smoke', 'version', 'pass'],
    ['watch', 'traffic', 'pass'],
  ]);
  expect(world.runs.filter(({ kind }) => kind === 'tests').map(({ release: of }) => of)).toEqual([release]);
  const worse = world.bringing('fails its tests', 'tests');
  world.hooks.program = async (kind) => kind !== 'tests';
  const failed = await ended(await ask(second, { release: worse, ...overriding }));
  expect(failed).toMatchObject({ state: 'failed', reason: 'tests: answers: GET /ready answered 500' });
  expect(on.stepsOf(failed)).not.toContain('shift succeeded');
  expect(world.weights.get(second)).toEqual([{ release, share: 1 }]);
});

it('a release that brings no tests is refused where they are asked for, before anything changes, whatever is overridden', async () => {
  having(ownTests);
  const release = world.add('brings none');
  const view = await ended(await ask(second, { release, override: true, reason: 'a test' }));
  expect(view).toMatchObject({ state: 'failed', steps: [], gates: [{ gate: 'tests', verdict: 'fail' }] });
  expect(view.reason).toMatch(/^tests: the release brings no tests program; declare `tests` in service.yaml/);
});

it('tests that fail are gone past by the role that the environment names, with a reason, which the record says; errored ones are not', async () => {
  having({ ...ownTests, options: { override: 'admin', retries: 0 } });
  world.hooks.program = async (kind) => kind !== 'tests';
  const promoted = async (role: 'deployer' | 'admin') =>
    ended(
      await ask(second, { release: world.bringing(`for ${role}`, 'tests'), override: true, reason: 'an outage', role }),
    );
  expect(await promoted('deployer')).toMatchObject({ state: 'failed', gates: [{ gate: 'tests', verdict: 'fail' }] });
  const past = await promoted('admin');
  expect(past.gates.filter(({ moment }) => moment !== 'entry')).toMatchObject([
    { gate: 'tests', verdict: 'overridden', reasons: ['an outage', 'answers: GET /ready answered 500'] },
    { gate: 'smoke', verdict: 'pass' },
    { gate: 'watch', verdict: 'pass' },
  ]);
  expect([past.state, past.steps.find(({ name }) => name === 'tests')?.state]).toEqual(['succeeded', 'failed']);
  for (const trouble of [
    new Error('its directory is gone'),
    new SoundBiteError('release-altered', 'its files are others'),
  ]) {
    world.hooks.program = async (kind) => {
      if (kind === 'tests') throw trouble;
      return true;
    };
    expect(await promoted('admin')).toMatchObject({ state: 'errored' });
  }
});
