import { join } from 'node:path';
import { type Fence, type Observation, stackOutputs, type Target } from '@soundbite/model';
import { expect, it } from 'vitest';
import { fixtureRelease } from './fixture-release.ts';
import { namedInStack, type WatchedEnvironment } from './watched.ts';

/** The outputs that make a component for requests. */
const made: readonly string[] = [stackOutputs.apiFunction, stackOutputs.apiId];

/** The stack as if nothing there spoke HTTP. */
const withoutHttp = (target: Target): Target => ({
  ...target,
  outputs: Object.fromEntries(Object.entries(target.outputs).filter(([name]) => !made.includes(name))),
});

/** To be called once the other tests of the environment have ended. */
export function oneComponent(open: () => WatchedEnvironment): void {
  const shares = ({ versions }: Observation) =>
    versions.filter(({ share }) => share > 0).map(({ release, share, healthy }) => ({ release, share, healthy }));

  it('a service with one function, which takes messages, is installed, moved, observed and taken down', async () => {
    const { environment, parts, runtime, owner } = open();
    const fence: Fence = { owner, generation: 5_000 };
    const cut = (note: string) =>
      fixtureRelease(join(parts.root, 'releases'), [environment], { note }, namedInStack(environment.name));
    const [one, two] = [await cut('one without HTTP'), await cut('two without HTTP')];
    const all = (release: typeof one) => [{ release: release.digest, share: 1 }];

    const first = withoutHttp(await parts.deploy(one, fence));
    await runtime.install(first, one, fence);
    await runtime.setWeights(first, all(one), 'forward', fence);
    expect(shares(await runtime.observe(first))).toEqual([{ release: one.digest, share: 1, healthy: true }]);

    const second = withoutHttp(await parts.deploy(two, fence));
    await runtime.install(second, two, fence);
    const half = [one, two].map(({ digest }) => ({ release: digest, share: 0.5 }));
    await runtime.setWeights(second, half, 'forward', fence);
    expect(shares(await runtime.observe(second))).toHaveLength(2);
    await runtime.setWeights(second, all(two), 'forward', fence);
    expect(shares(await runtime.observe(second, 'versions'))).toMatchObject([{ release: two.digest, share: 1 }]);
    await runtime.setWeights(second, all(one), 'back', fence);
    expect(await runtime.observe(second)).toMatchObject({ drift: [] });
    expect(shares(await runtime.observe(second))).toEqual([{ release: one.digest, share: 1, healthy: true }]);

    expect(await runtime.invoke(second, two.digest, 'worker', { Records: [] }, 10_000)).toBeTruthy();
    const asked = runtime.request(second, two.digest, { method: 'GET', path: '/version' });
    await expect(asked).rejects.toMatchObject({ code: 'component-unknown' });

    expect(await runtime.retire(second, [one.digest], fence)).toEqual([]);
    await runtime.takeDown({ environment, cloud: parts.cloud }, second.outputs, fence);
    expect(shares(await runtime.observe(second))).toEqual([]);
  });
}
