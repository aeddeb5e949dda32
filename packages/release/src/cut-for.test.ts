import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Release } from '@soundbite/model';
import { afterAll, expect, it } from 'vitest';
import { templateOf } from './cut-for.ts';
import { temporary } from './testing.ts';

const place = temporary();
afterAll(place.remove);

const release = {
  digest: `sha256:${'a'.repeat(64)}`,
  directory: place.directory,
  manifest: { environments: ['qa', 'live'] },
} as unknown as Release;

it('a release brings the template of an environment that was declared when it was cut', async () => {
  await mkdir(join(place.directory, 'assembly/live'), { recursive: true });
  writeFileSync(join(place.directory, 'assembly/live/soundbite-live.template.json'), '{"Resources":{}}');
  expect(await templateOf(release, 'live')).toEqual({ Resources: {} });
});

it('of one that was declared since, it says that it was cut without it', async () => {
  await expect(templateOf(release, 'eu')).rejects.toMatchObject({
    code: 'environment-unknown',
    message: `${release.digest} was cut without environment eu`,
    hint: 'it has qa, live; cut a release that declares it',
  });
});
