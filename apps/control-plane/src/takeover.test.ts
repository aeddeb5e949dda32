import { digestOf, SoundBiteError } from '@soundbite/model';
import { expect, it, vi } from 'vitest';
import { takeOver } from './takeover.ts';
import type { World } from './world/world.ts';

const order = { environment: 'staging', confirm: 'staging', actor: 'ana', reason: 'the old database is gone' };
const live = digestOf('live');

/** staging as its account has it: under `owner`, with `live` taking all traffic. */
function world(owner: string | null, more: { passes?: () => Promise<void>; open?: string } = {}) {
  const takenOver = vi.fn(async () => {});
  const environment = { name: 'staging', runtime: 'aws' };
  const found = {
    declaration: () => ({ environments: [environment], digest: 'd' }),
    clouds: { of: async () => ({ checkpoint: async () => {} }) },
    edge: { routes: async () => [] },
    infrastructure: {
      isBootstrapped: async () => true,
      holder: async () => owner && { owner, generation: 41 },
      state: async () => ({ outputs: {}, release: live }),
      pass: more.passes ?? (async () => {}),
    },
    runtime: () => ({ observe: async () => ({ versions: [{ release: live, share: 1 }] }) }),
    engine: {
      installation: 'ours',
      records: {
        list: async () => (more.open ? [{ promotion: more.open }] : []),
        environment: async () => ({ liveRelease: live }),
        generationAfter: async (generation: number) => generation + 1,
        takenOver,
      },
    },
  } as unknown as World;
  return { found, takenOver };
}

it('an environment of another installation is recorded as it is found', async () => {
  const { found, takenOver } = world('theirs');
  expect(await takeOver(found, order)).toEqual({ environment: 'staging', changed: true, from: 'theirs', live });
  expect(takenOver).toHaveBeenCalledWith(
    expect.objectContaining({ live, infrastructure: live, actor: 'ana', reason: order.reason }),
    42,
  );
});

it('what cannot be taken over is left as it is', async () => {
  const moved = () => Promise.reject(new SoundBiteError('fence-moved', 'somebody else acted'));
  const refusals = [
    [{ ...order, confirm: 'stagng' }, world('theirs'), 'not-confirmed'],
    [order, world(null), 'nothing-to-take-over'],
    [order, world('theirs', { open: 'p-1' }), 'environment-busy'],
    [order, world('theirs', { passes: moved }), 'fence-moved'],
  ] as const;
  for (const [asked, { found, takenOver }, code] of refusals) {
    await expect(takeOver(found, asked)).rejects.toMatchObject({ code });
    expect(takenOver).not.toHaveBeenCalled();
  }
});
