import { digestOf, SoundBiteError, timelineOf, tokenHash } from '@soundbite/model';
import { expect, it, vi } from 'vitest';
import { environments } from './declared.ts';
import { engineStage } from './stage.ts';

/** Why what is live is live, on real records: by which promotion, on whose word and which evidence, and what comes. */

const on = engineStage();
const { world, ask, ended, promoted } = on;
const [first, second] = on.names;

it('what is live was brought by the first promotion since another release was final there, or by the rollback to it', async () => {
  const { records } = on.engine;
  const old = await promoted(first, 'old');
  const release = await promoted(first, 'new');
  const [brought] = await records.list({ environment: first, limit: 1 });
  const since = { promotion: brought?.promotion, since: brought?.finishedAt, follows: null };
  expect(await records.broughtBy(first, release)).toMatchObject({ ...since, admittedAt: expect.any(String) });
  expect(await records.broughtBy(first, old)).toBeNull();
  // It waited before its first step, and worked from then on.
  expect(brought?.beganAt && brought.createdAt <= brought.beganAt).toBe(true);
  expect(brought?.finishedAt && brought.finishedAt >= (brought.beganAt ?? '')).toBe(true);
  // Again the same release: it was live all the time.
  await ended(await ask(first, { release, override: true, reason: 'again' }));
  expect(await records.broughtBy(first, release)).toMatchObject(since);
  const back = await ask(first, { kind: 'rollback' });
  expect(await ended(back)).toMatchObject({ state: 'succeeded', release: old });
  expect(await records.broughtBy(first, old)).toMatchObject({ promotion: back });
});

it('approvals count by the tokens of that moment: revoked before it is nobody’s, revoked later still was', async () => {
  const { records } = on.engine;
  const release = await promoted(first, 'approved');
  world.hooks.declaration = () => ({
    digest: digestOf('approval'),
    environments: environments.map((one) =>
      one.name === second ? { ...one, gates: [{ gate: 'approval', options: { by: 1 } }, ...one.gates] } : one,
    ),
  });
  const word = async (promotion: string, name: string) => {
    const person = `${name}@example.com`;
    const usual = { role: 'approver', days: 1, by: 'local' } as const;
    await records.createToken({ name, person, hash: tokenHash(name), environments: [], ...usual });
    return { promotion, person, token: name, role: 'approver', verdict: 'yes', reason: 'tried' } as const;
  };
  const id = await ask(second, { release });
  const bobs = await word(id, 'bob');
  await records.revokeToken('bob', 'local');
  expect(await records.approve(bobs)).toBe(true);
  expect(await records.approve(await word(id, 'eve'))).toBe(true);
  expect(await ended(id)).toMatchObject({ state: 'succeeded' });
  await records.revokeToken('eve', 'local');
  const eves = { person: 'eve@example.com', role: 'approver', verdict: 'yes', reason: 'tried', at: expect.any(String) };
  expect(await records.approvalsBehind(id)).toEqual([eves]);
});

it('evidence says when it came first, also when it was said again', async () => {
  const { records } = on.engine;
  const release = world.add('with evidence');
  const facts = [{ name: 'all', ok: true, detail: '' }];
  const about = { release, kind: 'tests', url: null, by: 'ci', format: 'json', verdict: 'pass', facts } as const;
  const { id, at } = await records.addEvidence({ ...about, file: Buffer.from('1') });
  await on.sql.query(`update soundbite.evidence set at = now() - interval '1 hour'`);
  await records.addEvidence({ ...about, file: Buffer.from('1') });
  const [said] = await records.evidenceSaid(release);
  expect(said).toMatchObject({ id, newest: true, by: 'ci' });
  expect(Math.abs(Date.parse(said?.saidFirst ?? '') - Date.parse(at))).toBeLessThan(1_000);
  await records.addEvidence({ ...about, file: Buffer.from('2') });
  expect((await records.evidenceSaid(release)).map(({ newest }) => newest)).toEqual([true, false]);
});

it('a promotion says how its environment was declared where it was let in: whose evidence counted', async () => {
  const id = await ask(first, { release: world.add('let in') });
  await ended(id);
  const declared = environments.find(({ name }) => name === first);
  expect(await on.engine.records.letInAs(id)).toEqual(declared);
  expect(await on.engine.records.letInAs('nosuch')).toBeNull();
});

it('what comes is what waits there and what goes on to it, oldest first', async () => {
  const { records } = on.engine;
  const release = await promoted(first, 'on its way');
  const held = on.heldInShift();
  const through = await ask(first, { release: world.add('through'), through: second });
  await held.reached;
  await records.hold({ environment: second, scope: 'all', until: null, reason: 'x', by: 'test' });
  const waits = await ask(second, { release, override: true, reason: 'at once' });
  await vi.waitFor(async () => expect((await on.engine.view(waits)).waitingFor).toHaveLength(1), 10_000);
  const coming = await records.coming(second);
  expect(coming.map(({ promotion, environment }) => [promotion, environment])).toEqual([
    [through, first],
    [waits, second],
  ]);
  for (const id of [through, waits]) await on.engine.abort(id, 'enough');
  held.go();
  await Promise.all([ended(through), ended(waits)]);
  expect(await records.coming(second)).toEqual([]);
});

it('what was live at a time is what was final last before it, unless the environment was gone', async () => {
  const { records } = on.engine;
  const third = on.names[2];
  const release = await promoted(third, 'at first');
  const [view] = await records.list({ environment: third, limit: 1 });
  const at = view?.finishedAt ?? '';
  expect(await records.liveAt(third, at)).toMatchObject({ release, environment: { name: third } });
  expect(await records.liveAt(third, new Date(Date.parse(at) - 1).toISOString())).toBeNull();
  const next = await promoted(third, 'then');
  const now = () => new Date(Date.now() + 1_000).toISOString();
  expect(await records.liveAt(third, at)).toMatchObject({ release });
  expect(await records.liveAt(third, now())).toMatchObject({ release: next });
  await on.engine.destroy(third, 'test');
  expect(await records.liveAt(third, now())).toBeNull();
  expect(await records.liveAt(third, at)).toMatchObject({ release });
});

it('a rollback takes as long as rollbacks took there; where none was, nobody knows', async () => {
  const { records } = on.engine;
  expect(await records.usualRollbackSeconds(on.names[2])).toBeNull();
  expect(await records.usualRollbackSeconds(first)).toBeGreaterThan(0);
});

/** What is on record of the course of a promotion, and what happened by that. */
async function courseOf(id: string) {
  const course = await on.engine.records.course(id);
  if (!course) throw new Error(`${id} is not on record`);
  return { course, entries: timelineOf(course) };
}

it('the course of a promotion has each wait with its end, what let it in, its turn and its steps', async () => {
  const { records } = on.engine;
  const release = await promoted(first, 'with a course');
  // Whatever the tests before left there.
  await on.resumed(second);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await records.addFreeze({ environment: second, until, reason: 'night', by: 'eve' });
  await records.hold({ environment: second, scope: 'all', until: null, reason: 'outage', by: 'eve' });
  const id = await ask(second, { release, override: true, reason: 'now', role: 'admin' });
  const waitsFor = (...gates: string[]) =>
    vi.waitFor(
      async () => expect((await on.engine.view(id)).waitingFor.map(({ gate }) => gate)).toEqual(gates),
      10_000,
    );
  await waitsFor('freeze', 'hold');
  const open = await courseOf(id);
  expect(open.course).toMatchObject({ role: 'admin', admittedAt: null, follows: null, aborts: null, steps: [] });
  expect(open.entries).toMatchObject([{ what: 'asked' }, { what: 'wait', seconds: null }]);
  const [freeze] = await records.freezes(second);
  await records.removeFreeze(freeze?.id ?? '', 'eve');
  await waitsFor('hold');
  await on.resumed(second);
  const done = await ended(id);
  const { entries } = await courseOf(id);
  const whats = ['asked', 'wait', 'wait', 'admitted', 'turn', ...done.steps.map(() => 'step'), 'ended'];
  expect(entries.map(({ what }) => what)).toEqual(whats);
  const [, both, alone, admitted, turn, step] = entries;
  expect([both, alone].map((one) => one?.gates.map(({ gate }) => gate))).toEqual([['freeze', 'hold'], ['hold']]);
  expect(Date.parse(both?.at ?? '') + 1000 * (both?.seconds ?? 0)).toBe(Date.parse(alone?.at ?? ''));
  expect(Date.parse(alone?.at ?? '') + 1000 * (alone?.seconds ?? 0)).toBe(Date.parse(admitted?.at ?? ''));
  expect(admitted).toMatchObject({ reason: done.admission });
  expect(Date.parse(turn?.at ?? '') + 1000 * (turn?.seconds ?? 0)).toBe(Date.parse(done.beganAt ?? ''));
  expect(step).toMatchObject({ at: done.beganAt, step: { name: 'verify', state: 'succeeded', attempts: 1 } });
  const shown = entries.flatMap(({ step: of, seconds }) => (of ? [{ name: of.name, seconds }] : []));
  expect(shown).toEqual(done.steps.map(({ name, seconds }) => ({ name, seconds })));
});

it('what failed in the stack is on record with its step, in the form of this version', async () => {
  const failure = {
    ...{ stack: 's', arn: 'arn', id: 'Queue', type: 'AWS::SQS::Queue', status: 'UPDATE_FAILED', cancelled: false },
    ...{ reason: 'the name is taken \0', at: new Date(0).toISOString() },
  };
  const evidence = { failures: [failure], leftOut: 2 };
  const release = world.add('undeployable');
  world.hooks.undeployable = (asked) =>
    asked === release ? new SoundBiteError('infrastructure-failed', 'stack s is gone', { evidence }) : null;
  const id = await ask(first, { release, override: true, reason: 'x' });
  expect(await ended(id)).toMatchObject({ state: 'failed' });
  const of = async (promotion: string) =>
    (await courseOf(promotion)).entries.find(({ step }) => step?.name === 'infrastructure');
  expect(await of(id)).toMatchObject({
    step: { state: 'failed' },
    stackFailures: { failures: [{ ...failure, reason: 'the name is taken \u{FFFD}' }], leftOut: 2 },
  });
  // Of a newer version, or of what this one knows nothing of.
  (evidence as { failures: unknown }).failures = [{ id: 'Queue' }];
  const next = await ask(first, { release, override: true, reason: 'again' });
  await ended(next);
  expect(await of(next)).not.toHaveProperty('stackFailures');
});

it('the course has all words, who asked it to stop, and steps that were begun twice; of the time before none are invented', async () => {
  const { records } = on.engine;
  const held = on.heldInShift();
  const id = await ask(first, { release: world.add('stopped'), override: true, reason: 'now' });
  await held.reached;
  await on.sql.query(`update soundbite.steps set attempts = 2 where promotion = $1 and name = 'shift'`, [id]);
  await on.engine.abort(id, 'enough', 'eve@example.com');
  held.go();
  expect(await ended(id)).toMatchObject({ state: 'aborted' });
  await on.sql.query(
    `insert into soundbite.approvals (promotion, release, person, token, role, verdict, reason, at)
      select id, release, 'eve@example.com', 'gone', 'approver', 'yes', null, created_at from soundbite.promotions where id = $1`,
    [id],
  );
  const { entries } = await courseOf(id);
  const of = (what: string) => entries.filter((one) => one.what === what);
  // A word by a token that is nobody's was said all the same.
  expect(of('word')).toMatchObject([{ by: 'eve@example.com', role: 'approver', verdict: 'yes', seconds: null }]);
  expect(await records.approvalsBehind(id)).toEqual([]);
  expect(of('stop-asked')).toMatchObject([{ reason: 'enough', by: 'eve@example.com' }]);
  expect(of('step').find(({ step }) => step?.name === 'shift')).toMatchObject({ step: { attempts: 2 } });
  expect(of('step').at(-1)).toMatchObject({ step: { name: 'rollback', state: 'succeeded' } });
  expect(entries.at(-1)).toMatchObject({ what: 'ended', state: 'aborted', reason: 'enough' });

  await on.sql.query('delete from soundbite.events where subject = $1', [id]);
  await on.sql.query('update soundbite.promotions set admission = null where id = $1', [id]);
  const old = (await courseOf(id)).entries;
  expect(old.filter(({ what }) => what === 'wait' || what === 'turn')).toEqual([]);
  expect(old.find(({ what }) => what === 'admitted')).toMatchObject({ at: null, reason: null });
  expect(await records.course('nosuch')).toBeNull();
});
