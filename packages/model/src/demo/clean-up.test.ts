import { describe, expect, it } from 'vitest';
import { digestOf } from '../digest.ts';
import { type DemoSight, nextCleanUp } from './clean-up.ts';
import { demoReason } from './journal.ts';

const [before, own, other] = ['before', 'own', 'other'].map(digestOf) as [
  `sha256:${string}`,
  `sha256:${string}`,
  `sha256:${string}`,
];
const journal = { before, commits: ['c1', 'c2'] };
const clean: DemoSight = {
  live: before,
  infrastructure: before,
  open: [],
  holds: [],
  releases: [{ release: before, commit: 'theirs' }],
};
const cut = { releases: [...clean.releases, { release: own, commit: 'c2' }] };
const next = (sight: Partial<DemoSight>) => nextCleanUp(journal, { ...clean, ...sight });
const open = (state: 'waiting' | 'running', release: typeof own, reason: string | null = demoReason) => [
  {
    promotion: 'p',
    state,
    release,
    asked: { reason, override: true, breakGlass: false, allowRemovals: [], through: null },
  },
];

describe('what a demo left', () => {
  it('is nothing when the environment has what it had', () => {
    expect(next({})).toEqual({ does: 'nothing' });
  });

  it.each<[string, Partial<DemoSight>, object]>([
    ['its release is live', { ...cut, live: own, infrastructure: own }, { does: 'roll-back' }],
    ['its release is on its way', { ...cut, open: open('running', own) }, { does: 'roll-back' }],
    ['its release waits', { ...cut, open: open('waiting', own) }, { does: 'abort', promotion: 'p' }],
    [
      'the way back is under way',
      { ...cut, live: own, open: open('waiting', before) },
      { does: 'wait', promotion: 'p' },
    ],
    ['its template is deployed', { ...cut, infrastructure: own }, { does: 'restore' }],
    [
      'its template is being replaced',
      { ...cut, infrastructure: own, open: open('running', before) },
      { does: 'wait', promotion: 'p' },
    ],
    [
      'its rollback holds the environment',
      { ...cut, holds: [{ id: 'h', reason: `rolled back: ${demoReason}` }] },
      { does: 'resume', hold: 'h' },
    ],
    ['its release is in the store', cut, { does: 'remove', release: own }],
  ])('%s', (_name, sight, wanted) => {
    expect(next(sight)).toEqual(wanted);
  });

  it('is not what others did meanwhile', () => {
    const theirs = { releases: [...clean.releases, { release: other, commit: 'theirs too' }] };
    expect(next({ ...theirs, live: other, infrastructure: other })).toEqual({ does: 'nothing' });
    expect(next({ ...theirs, open: open('running', other, 'a fix') })).toEqual({ does: 'nothing' });
    expect(next({ open: open('running', before, 'repair') })).toEqual({ does: 'nothing' });
    expect(next({ holds: [{ id: 'h', reason: 'rolled back: it lisps' }] })).toEqual({ does: 'nothing' });
    expect(next({ holds: [{ id: 'h', reason: `no more ${demoReason}` }] })).toEqual({ does: 'nothing' });
    expect(next({ ...cut, live: own, open: open('running', other, 'a fix') })).toEqual({
      does: 'let-pass',
      promotion: 'p',
    });
    // Its own is removed all the same, and nothing else is brought anywhere.
    expect(next({ ...cut, live: other, infrastructure: own })).toEqual({ does: 'remove', release: own });
  });

  it('comes to an end from wherever it was cut short, each thing once', () => {
    let sight: DemoSight = {
      ...clean,
      ...cut,
      live: own,
      infrastructure: own,
      holds: [{ id: 'theirs', reason: 'outage' }],
    };
    const done: string[] = [];
    for (let step = nextCleanUp(journal, sight); step.does !== 'nothing'; step = nextCleanUp(journal, sight)) {
      done.push(step.does);
      if (step.does === 'roll-back')
        sight = { ...sight, live: before, holds: [...sight.holds, { id: 'h', reason: `rolled back: ${demoReason}` }] };
      if (step.does === 'restore') sight = { ...sight, infrastructure: before };
      if (step.does === 'resume') sight = { ...sight, holds: sight.holds.filter(({ id }) => id !== 'h') };
      if (step.does === 'remove') sight = { ...sight, releases: clean.releases };
    }
    expect(done).toEqual(['roll-back', 'restore', 'resume', 'remove']);
    expect(sight.holds).toEqual([{ id: 'theirs', reason: 'outage' }]);
  });
});
