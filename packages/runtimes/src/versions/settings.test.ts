import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Release } from '@soundbite/model';
import { afterEach, expect, it } from 'vitest';
import { settingsOf } from './install.ts';

const directory = mkdtempSync(join(tmpdir(), 'settings-'));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('a release gives an environment the settings that it was cut with, and no others', async () => {
  const text = '{"logLevel":"info"}';
  const sha256 = createHash('sha256').update(text).digest('hex');
  const path = 'settings/staging.json';
  const release = { digest: 'sha256:x', directory, manifest: { files: [{ path, sha256 }] } } as unknown as Release;
  mkdirSync(join(directory, 'settings'));
  writeFileSync(join(directory, path), text);
  expect(await settingsOf(release, 'staging')).toEqual({ logLevel: 'info' });

  const unknown = (environment: string, why: string) => ({
    code: 'settings-unknown',
    message: expect.stringContaining(why),
    hint: `declare ${environment} in environments.yaml and cut a new release`,
  });
  await expect(settingsOf(release, 'moon')).rejects.toMatchObject(unknown('moon', 'ENOENT'));
  writeFileSync(join(directory, path), text.replace('info', 'warn'));
  await expect(settingsOf(release, 'staging')).rejects.toMatchObject(unknown('staging', `${path} is not what was cut`));
});
