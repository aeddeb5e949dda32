import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { accountSpec, pollySpec } from './account.ts';
import { codeOf } from './code-of.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'soundbite-code-'));
  mkdirSync(join(directory, 'corrections'));
  writeFileSync(join(directory, 'corrections/one.py'), 'one');
});
afterEach(() => rmSync(directory, { recursive: true }));

it.each([
  ['a source below', 'corrections/one.py'],
  ['a source of another name', 'two.py'],
  ['the locked versions', 'requirements.txt'],
])('%s makes another digest', (_, path) => {
  const before = codeOf(directory);
  writeFileSync(join(directory, path), 'two');
  expect(codeOf(directory)).not.toBe(before);
});

it.each(['corrections/__pycache__.pyc', 'one.test.ts', 'README.md'])('%s makes none', (path) => {
  const before = codeOf(directory);
  writeFileSync(join(directory, path), 'two');
  expect(codeOf(directory)).toBe(before);
});

it('is a part of the specs of accounts and of the double of Polly, so that an upgrade replaces them', () => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const places = { home: directory, root, node: process.execPath, python: 'python3' };
  const key = { accessKeyId: 'A'.repeat(16), secretAccessKey: 's'.repeat(16) };
  expect(
    accountSpec(places, { account: '000000000001', region: 'us-east-1', onLambda: 1 }, key, null).env?.SOUNDBITE_CODE,
  ).toMatch(/^[0-9a-f]{16}$/);
  expect(pollySpec(places).env?.SOUNDBITE_CODE).toMatch(/^[0-9a-f]{16}$/);
});
