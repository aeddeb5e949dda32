import { describe, expect, it } from 'vitest';
import type { Approval, ApprovalFacts, Approver } from '../../people/approval.ts';
import { approvalGate } from './approval.ts';

const now = Date.parse('2026-11-28T10:00:00Z');
const [ana, bob, eve]: Approver[] = [
  { person: 'ana@x.org', role: 'approver' },
  { person: 'bob@x.org', role: 'approver' },
  { person: 'eve@x.org', role: 'admin' },
] as const;
const says = (who: Approver | undefined, more: Partial<Approval> = {}): Approval => ({
  ...(who as Approver),
  ...{ verdict: 'yes', reason: null, at: '2026-11-28T09:00:00Z' },
  ...more,
});
const all = [ana, bob, eve] as Approver[];
const decide = (
  said: readonly Approval[],
  options: object = {},
  requester: string | null = 'dan@x.org',
  approvers = all,
  authors: ApprovalFacts['authors'] = [],
) => approvalGate.decide({ said, approvers, requester, authors }, approvalGate.options.parse(options), now);

describe('an approval', () => {
  it('passes with so many people, by name', () => {
    expect(decide([says(ana)])).toEqual({ verdict: 'pass', reasons: ['ana@x.org said yes'] });
    expect(decide([says(ana), says(bob)], { by: 2 })).toMatchObject({ verdict: 'pass' });
  });

  it('waits for the others, and says who can', () => {
    expect(decide([], { by: 2 })).toEqual({
      verdict: 'wait',
      reasons: ['2 must say yes; ana@x.org, bob@x.org, eve@x.org can: soundbite approve'],
      who: ['ana@x.org', 'bob@x.org', 'eve@x.org'],
    });
    expect(decide([says(bob)], { by: 2 })).toMatchObject({
      reasons: ['1 of 2 said yes (bob@x.org); ana@x.org, eve@x.org can: soundbite approve'],
    });
  });

  it.each([
    ['of who asked for it', [says(ana)], {}, 'ana@x.org'],
    ['that is a day old', [says(ana, { at: '2026-11-27T09:59:59Z' })], {}, 'dan@x.org'],
    ['of an approver where admins are asked', [says(ana)], { role: 'admin' }, 'dan@x.org'],
  ] as const)('does not count: one %s', (_, said, options, requester) => {
    expect(decide(said, options, requester)).toMatchObject({ verdict: 'wait' });
  });

  it('does not count of who wrote a part of the release, where that is declared', () => {
    const authors = ['ana@x.org', 'dan@x.org'];
    expect(decide([says(ana)], { authors: false }, 'dan@x.org', all, authors)).toEqual({
      verdict: 'wait',
      reasons: ['1 must say yes; bob@x.org, eve@x.org can: soundbite approve', 'ana@x.org wrote a part of it'],
      who: ['bob@x.org', 'eve@x.org'],
    });
    expect(decide([says(ana), says(bob)], { authors: false }, 'dan@x.org', all, authors)).toMatchObject({
      verdict: 'pass',
      reasons: ['bob@x.org said yes'],
    });
    expect(decide([], { authors: false, self: true }, 'ana@x.org', all, authors)).toMatchObject({ verdict: 'wait' });
  });

  it('waits while nobody knows who wrote the release, whoever said yes; a no ends it all the same', () => {
    const unknown = { unknown: 'it was not fetched whole; git fetch --unshallow' };
    const waits = { verdict: 'wait', reasons: [unknown.unknown], who: [] };
    expect(decide([says(ana), says(bob)], { authors: false }, 'dan@x.org', all, unknown)).toEqual(waits);
    expect(decide([], { authors: false, self: true }, 'ana@x.org', all, unknown)).toEqual(waits);
    const no = says(eve, { verdict: 'no' });
    expect(decide([says(ana), no], { authors: false }, 'dan@x.org', all, unknown)).toMatchObject({ verdict: 'fail' });
  });

  it('where who asks is one of them is given by asking, once, and only in that role', () => {
    const self = { self: true };
    const asked = 'ana@x.org asked for it, which is a yes here (self)';
    expect(decide([], self, 'ana@x.org')).toEqual({ verdict: 'pass', reasons: [asked] });
    expect(decide([says(ana)], { ...self, by: 2 }, 'ana@x.org')).toMatchObject({ verdict: 'wait' });
    expect(decide([says(bob)], { ...self, by: 2 }, 'ana@x.org').reasons).toEqual([`${asked}; bob@x.org said yes`]);
    for (const [requester, more] of [
      ['dan@x.org', {}],
      ['ana@x.org', { role: 'admin' }],
    ] as const)
      expect(decide([], { ...self, ...more }, requester)).toMatchObject({ verdict: 'wait' });
    expect(decide([says(ana, { verdict: 'no' })], self, 'ana@x.org')).toMatchObject({ verdict: 'fail' });
  });

  it('that says no ends it, whoever else said yes', () => {
    expect(decide([says(ana), says(bob), says(eve, { verdict: 'no', reason: 'not on Friday' })])).toEqual({
      verdict: 'fail',
      reasons: ['eve@x.org said no: not on Friday'],
    });
  });

  it('says before it waits for long that nobody could give it', () => {
    const [reason] = decide([], { by: 2 }, 'ana@x.org', [ana, bob] as Approver[]).reasons;
    expect(reason).toBe(
      '2 must say yes, and only bob@x.org can: soundbite token create <name> --person <e-mail> --role approver',
    );
    expect(decide([], {}, 'ana@x.org', [ana] as Approver[]).reasons[0]).toContain('nobody can');
    // An approver more would change nothing there.
    expect(decide([], { role: 'admin' }, 'eve@x.org').reasons[0]).toMatch(/nobody can: .+ --role admin$/);
  });
});
