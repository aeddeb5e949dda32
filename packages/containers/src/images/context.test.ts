import type { ImageOrder } from '@soundbite/model';
import { expect, it } from 'vitest';
import { entriesOfTar } from '../tar.ts';
import { applicationContext, environmentContext } from './context.ts';
import { secretAmong } from './secrets.ts';
import { configProblem } from './verify.ts';

const order = (files: [string, string][], environment = 'staging'): ImageOrder => ({
  ...{
    service: 'shop',
    release: `sha256:${'a'.repeat(64)}`,
    environment,
    commit: 'c'.repeat(40),
    committedAt: '2026-01-01T00:00:00Z',
  },
  files: new Map(files.map(([path, text]) => [path, Buffer.from(text)])),
});
const files: [string, string][] = [
  ['index.mjs', 'export {};'],
  ['data/voice', 'a'],
];

it('equal releases give equal bytes, in whatever order their files come', async () => {
  const context = await applicationContext(order(files));
  expect(Buffer.compare(context, await applicationContext(order(files.toReversed(), 'production')))).toBe(0);
  expect(Buffer.compare(context, await applicationContext(order([['index.mjs', 'other']])))).not.toBe(0);
});

it('an environment has its own recipe, or that of all others', async () => {
  const recipe = async (name: string) =>
    Buffer.from((await entriesOfTar(await environmentContext(order(files, name))))[0]?.bytes ?? '').toString();
  expect(await recipe('dev-localstack')).toMatch(/debugger/);
  expect(await recipe('eu-canary')).toMatch(/Any environment/);
});

it('what starts, as whom and for which release is held against what was asked for', () => {
  const Config = {
    ...{
      User: '10001:10001',
      Labels: { release: 'a' },
      Healthcheck: { Test: ['CMD', 'node', '/soundbite/health.mjs'] },
    },
    Entrypoint: ['node', '--import', '/soundbite/preload.mjs', '/app/index.mjs'],
  };
  expect(configProblem({ Config }, { release: 'a' })).toBeNull();
  expect(configProblem({ Config }, { release: 'b' })).toMatch(/label release is a, not b/);
  expect(configProblem({ Config: { ...Config, User: '' } }, { release: 'a' })).toMatch(/as root/);
  expect(configProblem({ Config: { ...Config, Entrypoint: ['sh'] } }, { release: 'a' })).toBe('it starts sh');
  expect(configProblem({ Config: { ...Config, Healthcheck: {} } }, { release: 'a' })).toMatch(/not asked/);
});

it('a secret is known by its name or its form, and named without its value', () => {
  expect(secretAmong(['PATH=/usr/bin', 'NODE_OPTIONS=--trace-uncaught'])).toBeNull();
  expect(secretAmong(['API_TOKEN=abc'])).toBe('API_TOKEN');
  expect(secretAmong(['KEY=AKIAABCDEFGHIJKLMNOP'])).toBe('KEY');
  expect(secretAmong(['URL=postgres://me:word@db/x'])).toBe('URL');
});
