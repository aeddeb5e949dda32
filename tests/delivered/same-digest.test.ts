import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cutRelease } from '../../packages/release/src/index.ts';
import { foreignService } from '../support/foreign-service.ts';

const toRemove: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(toRemove.map((remove) => remove())));

/** The digest of a release of `greeter`, cut in a copy of its own into a store of its own. */
async function cut(mode: number, timeZone: string): Promise<string> {
  const [service, store] = await Promise.all([foreignService('greeter'), mkdtemp(join(tmpdir(), 'soundbite-store-'))]);
  toRemove.push(service.remove, () => rm(store, { recursive: true, force: true }));
  await chmod(join(service.directory, 'src/greet.py'), mode);
  const before = process.env.TZ;
  process.env.TZ = timeZone;
  try {
    return (await cutRelease({ source: service.directory, store })).release;
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

it('a release of a service that is not ours has one digest, wherever and under whatever umask and hour it is cut', async () => {
  expect(await cut(0o600, 'Asia/Tokyo')).toBe(await cut(0o664, 'America/Lima'));
});
