import type { Cloud, Clouds, Environment, Fence, Infrastructure, PromotionRequest } from '@soundbite/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { controlPlane } from '../control-plane.ts';
import { keptHome } from './homed.ts';
import type { World } from './world.ts';

const environment = (kind: 'emulated' | 'real') => ({ name: 'staging', cloud: { kind } }) as unknown as Environment;
const elsewhere = { code: 'environment-elsewhere', source: 'user', hint: expect.stringContaining('takeover staging') };

/** A home beside others on one database; `acted` is what reached an account. */
function homeOf(id: string, holders: Map<string, string>, acted: string[]) {
  let asked = 0;
  const kept = keptHome(id, async () => ({
    async homeOf(name) {
      asked += 1;
      return holders.get(name) ?? null;
    },
    async giveTo(name, home) {
      if (!holders.has(name)) holders.set(name, home);
      return holders.get(name) ?? null;
    },
  }));
  const on = (what: string) => async () => void acted.push(`${id} ${what}`);
  const all = { bootstrap: on('bootstrap'), deploy: on('deploy'), recover: on('recover'), destroy: on('destroy') };
  const clouds = kept.clouds({ of: on('cloud') } as unknown as Clouds);
  const stacks = kept.infrastructure(all as unknown as Infrastructure);
  return { ...kept, clouds, stacks, asked: () => asked };
}

describe('two homes on one database', () => {
  const [cloud, fence] = [{} as Cloud, {} as Fence];
  let acted: string[];
  let original: ReturnType<typeof homeOf>;
  let copy: ReturnType<typeof homeOf>;
  beforeEach(() => {
    acted = [];
    const holders = new Map<string, string>();
    [original, copy] = [homeOf('original', holders, acted), homeOf('copy', holders, acted)];
  });

  it('act on an emulated account that the first of them changed in that home only', async () => {
    const emulated = environment('emulated');
    await Promise.all([original.clouds.of(emulated), copy.clouds.of(emulated)]);
    await original.stacks.bootstrap(emulated, cloud);
    acted.length = 0;
    await expect(copy.clouds.of(emulated)).rejects.toMatchObject(elsewhere);
    await expect(copy.stacks.bootstrap(emulated, cloud)).rejects.toMatchObject(elsewhere);
    await expect(copy.stacks.deploy(emulated, cloud, '', 'sha256:a', fence)).rejects.toMatchObject(elsewhere);
    await expect(copy.stacks.recover(emulated, cloud, '', 'sha256:a', fence)).rejects.toMatchObject(elsewhere);
    await expect(copy.check(emulated)).rejects.toMatchObject(elsewhere);
    await expect(copy.take(emulated)).rejects.toMatchObject(elsewhere);
    expect(acted).toEqual([]);
    await original.stacks.deploy(emulated, cloud, '', 'sha256:a', fence);
    expect(acted).toEqual(['original deploy']);
  });

  it('ask for no promotion of what is another home’s: the queue is one for both', async () => {
    const emulated = environment('emulated');
    await original.take(emulated);
    const plane = (homed: typeof copy) =>
      controlPlane({
        declaration: () => ({ environments: [emulated] }),
        config: { databaseUrl: 'postgres://team', home: '/nowhere' },
        engine: { request: async () => void acted.push(`${homed.home} request`) },
        homed,
      } as unknown as World);
    const request = { environment: 'staging' } as PromotionRequest;
    await expect(plane(copy).promote(request)).rejects.toMatchObject(elsewhere);
    await plane(original).promote(request);
    expect(acted).toEqual(['original request']);
  });

  it('act both on a real account, which is the same for both', async () => {
    const real = environment('real');
    for (const home of [original, copy]) {
      await home.stacks.bootstrap(real, cloud);
      await home.take(real);
      await home.clouds.of(real);
    }
    expect(acted).toHaveLength(4);
    expect(original.asked()).toBe(0);
  });

  it('do not ask the database again for what is their own: credentials are given while it is away', async () => {
    await original.take(environment('emulated'));
    await original.clouds.of(environment('emulated'));
    expect(original.asked()).toBe(0);
  });
});
