import { describe, expect, it } from 'vitest';
import { digestOf } from '../digest.ts';
import { decideFlow } from './flow.ts';
import type { Entering } from './hold.ts';
import { type FedFrom, findingsOf, findingsToRaise, type Taint } from './taint.ts';

const release = digestOf('x');
const taint = (more: Partial<Taint> = {}): Taint => ({
  ...{ id: 't', environment: 'staging', why: 'drift', findings: ['settings: somebody changed Queue'], release },
  ...{ since: '2026-12-01T07:00:00Z', by: null, ended: null, endedAs: null, reason: null, promotion: null },
  ...more,
});
const ended = { ended: '2026-12-01T08:00:00Z', by: 'ana' } as const;
const accepted = taint({ ...ended, endedAs: 'accepted', reason: 'meant' });
const dev = taint({ why: 'dev', findings: ['dev session 1'] });
const from: FedFrom = { live: release, taints: [taint()] };
const comes: Entering = { release, isAutomatic: false, isLiveHere: false };
const said = (before: FedFrom | null, entering: Entering = comes) =>
  decideFlow({ freezes: [], holds: [], block: null, before }, entering, 0);

describe('a taint of the environment before', () => {
  it('keeps out what comes from there, and says what was changed, since when, and what ends it', () => {
    const reasons = [
      'staging was changed outside of promotions (settings: somebody changed Queue), as was found at 2026-12-01 07:00 UTC; soundbite repair staging, or soundbite taint accept staging --reason "why"',
    ];
    expect(said(from)).toEqual([
      { gate: 'taint', moment: 'entry', verdict: 'wait', reasons, until: null, seconds: null },
    ]);
    expect(said({ ...from, taints: [dev, taint()] })[0]?.reasons).toEqual([
      expect.stringMatching(/^staging served the working tree \(dev session 1\) from 2026-12-01 07:00 UTC on; /),
      ...reasons,
    ]);
  });

  it.each([
    ['what comes by itself is kept as well', from, { ...comes, isAutomatic: true }, 1],
    ['what is live here already is let back', from, { ...comes, isLiveHere: true }, 0],
    ['what is not live there says nothing', { ...from, live: digestOf('y') }, comes, 0],
    ['one that ended says nothing', { ...from, taints: [accepted] }, comes, 0],
    ['where none comes before there is none', null, comes, 0],
  ] as const)('%s', (_, before, entering, gates) => {
    expect(said(before, entering)).toHaveLength(gates);
  });

  it('is passed by a broken glass, and stays named', () => {
    expect(said(from, { ...comes, glass: 'outage' })).toMatchObject([
      { gate: 'taint', verdict: 'overridden', reasons: [expect.stringContaining('Queue'), 'outage'] },
    ]);
  });
});

describe('what is raised', () => {
  it('is what no taint says yet, open or accepted', () => {
    const found = findingsOf([
      { where: 'settings', detail: 'somebody changed Queue', hint: 'repair' },
      { where: 'stack', detail: 'it is gone', hint: 'repair' },
    ]);
    expect(findingsToRaise('drift', found, [])).toEqual(found);
    for (const known of [taint(), accepted])
      expect(findingsToRaise('drift', found, [known])).toEqual(['stack: it is gone']);
    expect(findingsToRaise('drift', found.slice(0, 1), [taint()])).toEqual([]);
  });

  it('is one of all sessions, until it is accepted; then of the next one', () => {
    expect(findingsToRaise('dev', ['dev session 2'], [dev])).toEqual([]);
    const over = { ...dev, ...ended, endedAs: 'accepted' } as const;
    expect(findingsToRaise('dev', ['dev session 1'], [over])).toEqual([]);
    expect(findingsToRaise('dev', ['dev session 2'], [over])).toEqual(['dev session 2']);
  });
});
