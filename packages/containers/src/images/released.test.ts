import type { ImageOrder } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { EngineCalls } from '../calls.ts';
import { tarOf } from '../tar.ts';
import { EngineRefusal } from '../trouble.ts';
import { applicationTag, earlierImageTags, imageTag } from './names.ts';
import { imageDirectory } from './read.ts';
import { releasedImages } from './released.ts';
import { secretFileAmong } from './secrets.ts';

const order: ImageOrder = {
  ...{ service: 'shop', release: `sha256:${'a'.repeat(64)}`, environment: 'staging' },
  ...{ files: new Map([['index.mjs', Buffer.from('1')]]), commit: 'c'.repeat(40), committedAt: '2026-01-01T00:00:00Z' },
};

/** An engine that has these images by their names, and containers of earlier readings; `calls` is what was asked for that changes something. */
function engine(images: Record<string, string>, containers: { Id: string; Created: number }[] = []) {
  const changes: string[] = [];
  const created: unknown[] = [];
  let reads: Promise<Uint8Array> = Promise.resolve(new Uint8Array());
  const json = async (
    method: string,
    path: string,
    options: { json?: unknown; query?: Record<string, unknown> } = {},
  ) => {
    const [, named = ''] = /^\/images\/(.+)\/json$/.exec(path) ?? [];
    if (named !== '') {
      const Id =
        images[decodeURIComponent(named)] ?? Object.values(images).find((id) => id === decodeURIComponent(named));
      if (Id === undefined) throw new EngineRefusal('image-missing', 'no such image', 404);
      return { Id, Size: 100, RootFS: { Layers: ['base', 'release', 'ours'] }, Config: {} };
    }
    if (method === 'GET' && path === '/containers/json') return containers;
    changes.push(`${method} ${path}`);
    if (path === '/containers/create') created.push(options.json);
    return { Id: 'reader' };
  };
  const bytes = async () => Buffer.from(await reads);
  const calls = { host: 'of the test', json, bytes } as unknown as EngineCalls;
  return {
    ...{ changes, created, images },
    holds: (files: Record<string, string>) => {
      const owned = { mode: 0o444, uid: 0, gid: 0, mtime: 0 };
      reads = tarOf(Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), ...owned })));
    },
    on: { calls, installation: 'home' },
  };
}

it('services and homes of one engine have images of other names, and one name is not taken apart by a dash at its end', () => {
  expect(imageTag(order, '12345678-9abc')).toBe('soundbite-shop:aaaaaaaaaaaa-staging-12345678');
  expect(applicationTag({ ...order, service: 'shop-' })).toBe('soundbite-shop:aaaaaaaaaaaa');
});

it('finds an image by the names that it was given before images said whose they are, and which service’s', async () => {
  const [shared = '', oldest = ''] = earlierImageTags(order);
  const { on, images } = engine({ [oldest]: 'sha256:1' });
  const { namedImage } = releasedImages(on);
  expect(await namedImage(order)).toEqual({ tag: 'soundbite-service:aaaaaaaaaaaa-staging', id: 'sha256:1' });
  images[shared] = 'sha256:2';
  expect(await namedImage(order)).toEqual({ tag: 'soundbite-shop:aaaaaaaaaaaa-staging', id: 'sha256:2' });
  images[imageTag(order, 'home')] = 'sha256:3';
  expect(await namedImage(order)).toEqual({ tag: imageTag(order, 'home'), id: 'sha256:3' });
});

it('the image that a home runs is taken by its content, whoever has its name and whatever made it', async () => {
  const forged = engine({ [imageTag(order, 'home')]: 'sha256:forged', other: 'sha256:held' });
  forged.holds({ 'app/index.mjs': '1' });
  const { image, made, putRight } = await releasedImages(forged.on).makeImage({ ...order, held: 'sha256:held' });
  expect({ id: image.id, made, layer: image.applicationLayer, size: image.applicationSize }).toEqual({
    ...{ id: 'sha256:held', made: false, layer: 'release', size: 1 },
  });
  expect(putRight).toEqual([expect.stringContaining('was another image (sha256:forged)')]);
  expect(forged.changes).toContain('POST /images/sha256%3Aheld/tag');
});

it('the image that a home runs is told by the name that it has, and gets the home’s own when it is asked for', async () => {
  const [shared = ''] = earlierImageTags(order);
  const before = engine({ [shared]: 'sha256:held' });
  const { makeImage, verifyImage } = releasedImages(before.on);
  before.holds({ 'app/index.mjs': '1' });
  expect(await verifyImage({ ...order, held: 'sha256:held' })).toMatchObject({ tag: shared });
  expect(before.changes).not.toContain('POST /images/sha256%3Aheld/tag');
  before.holds({ 'app/index.mjs': '1' });
  const made = await makeImage({ ...order, held: 'sha256:held' });
  expect(made).toMatchObject({ image: { tag: imageTag(order, 'home') }, made: false, putRight: [] });
  expect(before.changes).toContain('POST /images/sha256%3Aheld/tag');
});

it('makes no image of a release that brings a file of secrets', async () => {
  const { on, changes } = engine({});
  const files = new Map([...order.files, ['data/.env', Buffer.from('KEY=1')] as const]);
  await expect(releasedImages(on).makeImage({ ...order, files })).rejects.toMatchObject({
    ...{ code: 'image-not-built', message: expect.stringContaining('data/.env of aaaaaaaaaaaa') },
  });
  expect(changes).toEqual([]);
});

it.each([
  ...['.env', '.env.production', 'id_rsa', 'a/credentials.json', '.npmrc', 'store.p12'].map(
    (path) => [path, '', true] as const,
  ),
  ['tls.key', '-----BEGIN EC PRIVATE KEY-----', true] as const,
  ...['.env.example', 'environment.json', 'id_rsa.pub', 'credentials-form.html'].map(
    (path) => [path, '', false] as const,
  ),
  ['roots.pem', '-----BEGIN CERTIFICATE-----', false] as const,
])('knows by its name, or by a key in it, whether %s %s is secret: %s', (path, text, isSecret) => {
  expect(secretFileAmong(new Map([[path, Buffer.from(text)]]))).toBe(isSecret ? path : null);
});

it('what an interrupted reading left is removed, not what may still be read', async () => {
  const now = Date.now() / 1000;
  const { on, changes, created } = engine({}, [
    { Id: 'old', Created: now - 3600 },
    { Id: 'new', Created: now - 5 },
  ]);
  await imageDirectory(on, 'sha256:1', '/app');
  expect(changes).toEqual(['DELETE /containers/old', 'POST /containers/create', 'DELETE /containers/reader']);
  // A container has the labels of its image: without this one it would be taken for one of the environment's versions.
  expect(created).toEqual([
    expect.objectContaining({
      Labels: expect.objectContaining({ 'dev.soundbite.installation': 'home', 'dev.soundbite.environment': '' }),
    }),
  ]);
});
