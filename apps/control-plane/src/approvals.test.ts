import type { RevisedView } from '@soundbite/engine';
import { type Actor, digestOf, type Environment } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { decideOn } from './approvals.ts';

const release = digestOf('one');
const person = (name: string, more: Partial<Actor> = {}): Actor => ({
  ...{ name: `${name}@example.com`, person: `${name}@example.com`, token: name, role: 'approver', environments: [] },
  ...more,
});

/** A promotion that waits in an environment with such gates, and what was said of it. */
function waiting({ gates = [{ gate: 'approval', options: {} }], view = {}, late = false, before = '' } = {}) {
  const said: unknown[] = [];
  const environment = { name: 'production', cloud: { kind: 'emulated' }, gates } as unknown as Environment;
  const usual = { promotion: 'p-1', environment: 'production', state: 'waiting', admission: null, release };
  const asked = { ...usual, actor: 'ana@example.com', ...view } as unknown as RevisedView;
  const approve = async (word: unknown) => {
    said.push(word);
    return !late;
  };
  const engine = {
    view: async () => asked,
    records: { approve, hasSaid: async (_: string, by: string, verdict: string) => before === `${by} ${verdict}` },
  };
  const declaration = () => ({ environments: [environment], digest: digestOf('x') });
  return { world: { engine, declaration } as Parameters<typeof decideOn>[0], asked, said };
}

describe('a yes', () => {
  it('is recorded with who, by which token, and why', async () => {
    const { world, said } = waiting();
    await decideOn(world, 'p-1', { verdict: 'yes', reason: 'tried', release }, person('bob'));
    const bob = { person: 'bob@example.com', token: 'bob', role: 'approver' };
    expect(said).toEqual([{ promotion: 'p-1', verdict: 'yes', reason: 'tried', ...bob }]);
  });

  it.each([
    ['of who asked for it', {}, person('ana'), {}, 'forbidden'],
    ['of a program', {}, person('ci', { person: null }), {}, 'forbidden'],
    ['to another release than it brings', {}, person('bob'), { release: digestOf('two') }, 'nothing-to-approve'],
    ['to what was let in', { view: { admission: 'yes' } }, person('bob'), {}, 'nothing-to-approve'],
    ['to what has ended', { view: { state: 'failed' } }, person('bob'), {}, 'nothing-to-approve'],
    ['where nobody is asked', { gates: [] }, person('bob'), {}, 'nothing-to-approve'],
  ] as const)('%s is refused, and nothing is recorded', async (_, about, actor, more, code) => {
    const { world, said } = waiting(about as Parameters<typeof waiting>[0]);
    await expect(decideOn(world, 'p-1', { verdict: 'yes', ...more }, actor)).rejects.toMatchObject({ code });
    expect(said).toEqual([]);
  });

  it('that is said again after it let the promotion in changes nothing; by a link, or with another word, it is too late', async () => {
    const { world, asked, said } = waiting({ view: { admission: 'yes' }, before: 'bob@example.com yes' });
    expect(await decideOn(world, 'p-1', { verdict: 'yes', release }, person('bob'))).toBe(asked);
    const late = { code: 'nothing-to-approve' };
    await expect(decideOn(world, 'p-1', { verdict: 'no' }, person('bob'))).rejects.toMatchObject(late);
    await expect(decideOn(world, 'p-1', { verdict: 'yes' }, person('cy'))).rejects.toMatchObject(late);
    await expect(decideOn(world, 'p-1', { verdict: 'yes' }, person('bob'), 'link')).rejects.toMatchObject(late);
    const release2 = digestOf('two');
    await expect(decideOn(world, 'p-1', { verdict: 'yes', release: release2 }, person('bob'))).rejects.toMatchObject(
      late,
    );
    expect(said).toEqual([]);
  });

  it('that is said again while the first one lets the promotion in changes nothing either', async () => {
    const { world, asked, said } = waiting({ before: 'bob@example.com yes' });
    const letIn = { ...asked, admission: 'yes' };
    let looks = 0;
    world.engine.view = async () => (++looks === 1 ? asked : letIn);
    expect(await decideOn(world, 'p-1', { verdict: 'yes' }, person('bob'))).toBe(letIn);
    looks = 0;
    const late = { code: 'nothing-to-approve' };
    await expect(decideOn(world, 'p-1', { verdict: 'yes' }, person('cy'))).rejects.toMatchObject(late);
    // Let in only after both looks: its word comes too late to be recorded, and counts as said.
    const slow = waiting({ before: 'bob@example.com yes', late: true });
    slow.world.engine.view = async () => (slow.said.length === 0 ? slow.asked : letIn);
    expect(await decideOn(slow.world, 'p-1', { verdict: 'yes' }, person('bob'))).toBe(letIn);
    expect(said).toEqual([]);
  });

  it('that comes a moment late is said to be', async () => {
    const { world } = waiting({ late: true });
    await expect(decideOn(world, 'p-1', { verdict: 'yes' }, person('bob'))).rejects.toMatchObject({
      code: 'nothing-to-approve',
    });
  });
});

it('a no may come from who asked for it', async () => {
  const { world, said } = waiting();
  await decideOn(world, 'p-1', { verdict: 'no' }, person('ana'));
  expect(said).toMatchObject([{ verdict: 'no', person: 'ana@example.com' }]);
});
