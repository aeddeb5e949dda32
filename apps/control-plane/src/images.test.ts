import { digestOf, type Release, SoundBiteError } from '@soundbite/model';
import type { ReleaseImages } from '@soundbite/runtimes';
import { expect, it } from 'vitest';
import { imagesOf, makeImage } from './images.ts';
import type { World } from './world/world.ts';

const release = {
  digest: digestOf('one'),
  manifest: { format: 'soundbite.release/2', environments: ['staging', 'gone'] },
} as unknown as Release;
const image = {
  ...{ id: 'sha256:2', tag: 'soundbite-shop:1-staging', size: 100 },
  ...{ application: 'soundbite-shop:1', applicationLayer: 'sha256:1', applicationSize: 10 },
};

/** A world that declares staging and newer, with images that are made so, or looked at so. */
function world(images: Partial<ReleaseImages>) {
  const asked: string[] = [];
  const make: ReleaseImages['make'] = async (_release, environment) => {
    asked.push(environment);
    return { image, made: true, putRight: [] };
  };
  const parts = {
    declaration: () => ({
      environments: [
        { name: 'staging', runtime: 'aws' },
        { name: 'newer', runtime: 'compose' },
      ],
    }),
    releases: { verify: async () => release },
    images: { make, ...images },
  };
  return { world: parts as unknown as World, asked };
}

it('makes the image of an environment whatever runs there, and says what does', async () => {
  const { world: on, asked } = world({});
  expect(await makeImage(on, release.digest, { environment: 'staging' })).toMatchObject({
    ...{ tag: image.tag, made: true, runtime: 'aws' },
    application: { tag: 'soundbite-shop:1', layer: 'sha256:1', size: 10 },
  });
  expect(await makeImage(on, release.digest, { environment: 'gone' })).toMatchObject({ runtime: null });
  expect(asked).toEqual(['staging', 'gone']);
});

it.each([
  ['that the release was not cut for', 'newer', 'settings-unknown'],
  ['that nobody declares', 'nosuch', 'environment-unknown'],
])('makes none for an environment %s', async (_what, environment, code) => {
  const { world: on, asked } = world({});
  await expect(makeImage(on, release.digest, { environment })).rejects.toMatchObject({ code });
  expect(asked).toEqual([]);
});

it('tells of each image what it is, and of none where no engine can be asked', async () => {
  const nothing = { tag: 't', image: null, problem: null };
  const { world: on } = world({
    look: async () => [
      { ...nothing, environment: 'a', image },
      { ...nothing, environment: 'b', problem: new SoundBiteError('image-altered', 'it is not') },
      { ...nothing, environment: 'c' },
    ],
  });
  const { problem, environments } = (await imagesOf(on, release)) ?? {};
  expect(problem).toBeNull();
  expect(environments?.map(({ state, id }) => [state, id])).toEqual([
    ['proven', 'sha256:2'],
    ['altered', null],
    ['absent', null],
  ]);
  const failing = (code: 'engine-down' | 'engine-refused') =>
    imagesOf(world({ look: () => Promise.reject(new SoundBiteError(code, 'no')) }).world, release);
  expect(await failing('engine-down')).toMatchObject({ problem: { code: 'engine-down' }, environments: [] });
  await expect(failing('engine-refused')).rejects.toMatchObject({ code: 'engine-refused' });
  expect(await imagesOf(world({ look: async () => null }).world, release)).toBeNull();
});
