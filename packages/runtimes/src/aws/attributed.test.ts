import type { Digest } from '@soundbite/model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { attributed, type Shared } from './attributed.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as Digest;
const [a, b, c] = ['a', 'b', 'c'].map(digest) as [Digest, Digest, Digest];

/** A component whose versions 1, 2, … are these releases', and its alias. */
const component = (
  versions: readonly (readonly Digest[])[],
  alias: Shared['alias'],
  without: Digest[] = [],
): Shared => ({
  published: versions.map((releases, index) => ({ version: String(index + 1), releases })),
  alias,
  without: new Set(without),
});
const told = (components: readonly Shared[], order: readonly Digest[]) =>
  attributed(components, order).map((shares) => Object.fromEntries([...shares].filter(([, share]) => share > 0)));

it('one component that changed tells two releases apart, whichever is asked for first', () => {
  const same = component([[a, b]], { version: '1' });
  const changed = component([[a], [b]], { version: '2', other: { version: '1', share: 0.1 } });
  for (const order of [
    [a, b],
    [b, a],
  ])
    expect(told([same, changed], order)).toEqual(Array(2).fill({ [a]: 0.1, [b]: 0.9 }));
});

it('of two releases with the same functions the first has all', () => {
  const same = component([[a, b]], { version: '1' });
  expect(told([same, same], [b, a])).toEqual(Array(2).fill({ [b]: 1 }));
});

it('a move under way shows where it is: what no release has of all components is told of each', () => {
  const [same, moved, waiting] = [
    component([[a, b]], { version: '1' }),
    component([[a], [b]], { version: '2' }),
    component([[a], [b]], { version: '1' }),
  ];
  expect(told([same, moved, waiting], [a, b])).toEqual([{ [a]: 1 }, { [b]: 1 }, { [a]: 1 }]);
});

it('of a component that another release lacks the one that has it has all', () => {
  const added = component([[b]], { version: '1' }, [a]);
  const changed = component([[a], [b]], { version: '1', other: { version: '2', share: 0.3 } });
  expect(told([added, changed], [a, b])).toEqual([{ [b]: 1 }, { [a]: 0.7, [b]: 0.3 }]);
});

it('traffic at versions of no release is nobody’s', () => {
  const strange = component([[a], []], { version: '2', other: { version: '1', share: 0.4 } });
  expect(told([strange], [a])).toEqual([{ [a]: 0.4 }]);
});

it('whatever two releases share of whatever many components, weights that were set are read back', () => {
  const isSame = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }).filter((all) => all.includes(false));
  const weight = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100);
  fc.assert(
    fc.property(isSame, weight, (all, share) => {
      const components = all.map((same) =>
        same
          ? component([[a, b, c]], { version: '1' })
          : component([[a], [b], [c]], { version: '1', other: { version: '2', share } }),
      );
      const rest = Math.round((1 - share) * 1e9) / 1e9;
      // The order is the alias's: the releases that were given weights are named before others.
      expect(told(components, [a, b, c])).toEqual(components.map(() => ({ [a]: rest, [b]: share })));
    }),
  );
});
