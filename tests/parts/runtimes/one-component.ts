import { join } from 'node:path';
import { type Fence, type Observation, stackOutputs, type Target } from '@soundbite/model';
import { expect, it } from 'vitest';
import { fixtureRelease } from './fixture-release.ts';
import { namedInStack, type WatchedEnvironment } from './watched.ts';

/** Outputs that make a component: without them the stack has none of this kind. */
const made = {
  http: [stackOutputs.apiFunction, stackOutputs.apiId],
  queue: [stackOutputs.workerFunction, stackOutputs.workerMappingId],
} as const;

/** The stack as if it had no component of a kind. */
const without = (target: Target, kind: keyof typeof made): Target => ({
  ...target,
  outputs: Object.fromEntries(
    Object.entries(target.outputs).filter(([name]) => !(made[kind] as readonly string[]).includes(name)),
  ),
});

/** To be called once the other tests of the environment have ended. */
export function oneComponent(open: () => WatchedEnvironment): void {
  const shares = ({ versions }: Observation) =>
    versions.filter(({ share }) => share > 0).map(({ release, share, healthy }) => ({ release, share, healthy }));

  it.each([
    ['requests', 'queue'],
    ['messages', 'http'],
  ] as const)(
    'a service with one function, which takes %s, is installed, moved, observed and taken down',
    async (_what, lacking) => {
      const { environment, parts, runtime, owner } = open();
      const fence: Fence = { owner, generation: 5_000 };
      const cut = (note: string) =>
        fixtureRelease(join(parts.root, 'releases'), [environment], { note }, namedInStack(environment.name));
      const [one, two] = [await cut(`one without ${lacking}`), await cut(`two without ${lacking}`)];
      const all = (release: typeof one) => [{ release: release.digest, share: 1 }];

      const first = without(await parts.deploy(one, fence), lacking);
      await runtime.install(first, one, fence);
      await runtime.setWeights(first, all(one), 'forward', fence);
      expect(shares(await runtime.observe(first))).toEqual([{ release: one.digest, share: 1, healthy: true }]);

      const second = without(await parts.deploy(two, fence), lacking);
      await runtime.install(second, two, fence);
      const half = [one, two].map(({ digest }) => ({ release: digest, share: 0.5 }));
      await runtime.setWeights(second, half, 'forward', fence);
      expect(shares(await runtime.observe(second))).toHaveLength(2);
      await runtime.setWeights(second, all(two), 'forward', fence);
      expect(shares(await runtime.observe(second, 'versions'))).toMatchObject([{ release: two.digest, share: 1 }]);
      await runtime.setWeights(second, all(one), 'back', fence);
      expect(await runtime.observe(second)).toMatchObject({ drift: [] });
      expect(shares(await runtime.observe(second))).toEqual([{ release: one.digest, share: 1, healthy: true }]);

      const asked = runtime.request(second, two.digest, { method: 'GET', path: '/version' });
      const handed = runtime.invokeWorker(second, two.digest, { Records: [] }, 10_000);
      const [there, gone] = lacking === 'queue' ? [asked, handed] : [handed, asked];
      await expect(gone).rejects.toMatchObject({ code: 'output-missing' });
      expect(await there).toBeTruthy();

      expect(await runtime.retire(second, [one.digest], fence)).toEqual([]);
      await runtime.takeDown({ environment, cloud: parts.cloud }, second.outputs, fence);
      expect(shares(await runtime.observe(second))).toEqual([]);
    },
  );
}
