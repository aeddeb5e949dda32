import { type Digest, digestOf } from '@soundbite/model';
import { expect, it } from 'vitest';
import { removeRelease } from './releases.ts';
import type { World } from './world/world.ts';

const release = digestOf('one');
const other = digestOf('other');

interface State {
  readonly live?: Digest;
  readonly previous?: Digest;
  readonly promotion?: { readonly release: Digest; readonly previous: Digest | null };
}

/** As much of a world as a removal asks for: production in a state, and what was removed. */
function world({ live = other, previous = other, promotion }: State) {
  const removed: string[] = [];
  const open = promotion ? [{ promotion: 'p-1', environment: 'production', ...promotion }] : [];
  const parts = {
    declaration: () => ({ environments: [{ name: 'production' }] }),
    ownReleases: { remove: async (digest: Digest) => void removed.push(`store ${digest}`) },
    sharedReleases: null,
    engine: {
      records: {
        environment: async () => ({ liveRelease: live, previousRelease: previous }),
        list: async () => open,
        removed: async (digest: Digest) => void removed.push(`ledger ${digest}`),
      },
    },
  };
  return { world: parts as unknown as World, removed };
}

it('takes a release that nobody uses out of the store, and records it', async () => {
  const { world: unused, removed } = world({ promotion: { release: other, previous: null } });
  expect(await removeRelease(unused, release)).toEqual({ release, removed: true, shared: null });
  expect(removed).toEqual([`store ${release}`, `ledger ${release}`]);
});

it.each<[string, State, string, string]>([
  ['is live', { live: release }, 'is live in production', 'soundbite rollback production'],
  [
    'may be rolled back to',
    { previous: release },
    'is the rollback target of production',
    'soundbite promote production with a newer release first',
  ],
  [
    'is being promoted',
    { promotion: { release, previous: other } },
    'is being promoted into production (promotion p-1)',
    'wait for it, or soundbite abort p-1',
  ],
  [
    'a promotion would go back to',
    { promotion: { release: other, previous: release } },
    'is what promotion p-1 into production rolls back to if it fails',
    'wait for it, or soundbite abort p-1',
  ],
])('refuses one that %s', async (_what, state, reason, hint) => {
  const { world: used, removed } = world(state);
  await expect(removeRelease(used, release)).rejects.toMatchObject({
    code: 'release-in-use',
    source: 'user',
    message: `${release} ${reason}`,
    hint: expect.stringContaining(hint),
  });
  expect(removed).toEqual([]);
});
