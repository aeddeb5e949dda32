import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { codeDigest } from './code-digest.ts';

let root: string;
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'soundbite-code-'));
  put('package-lock.json', '{}');
  put('packages/a/src/index.ts', 'one');
});
afterEach(() => rmSync(root, { recursive: true }));

it.each([
  'package-lock.json',
  'packages/a/src/index.ts',
  'packages/a/src/deep/prove.js',
  'packages/clouds/emulator/corrections/one.py',
  'packages/clouds/emulator/requirements.txt',
  'apps/control-plane/src/main.ts',
])('%s is code that the control plane runs or lets run', async (path) => {
  const before = await codeDigest(root);
  put(path, 'two');
  expect(await codeDigest(root)).not.toBe(before);
});

it.each(['package.json', 'dist/chunk-1.mjs', 'packages/clouds/emulator/log.py'])(
  '%s is that of the npm package',
  async (path) => {
    put('package.json', '{}');
    const before = await codeDigest(root, true);
    put(path, 'two');
    expect(await codeDigest(root, true)).not.toBe(before);
  },
);

it.each(['packages/a/src/index.test.ts', 'packages/a/README.md', 'apps/service/src/main.ts'])(
  '%s is none',
  async (path) => {
    const before = await codeDigest(root);
    put(path, 'two');
    expect(await codeDigest(root)).toBe(before);
  },
);
