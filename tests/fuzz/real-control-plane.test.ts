import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { fuzz, fuzzPatience, pythonClient, typeScriptClient } from '../support/contract-tools.ts';
import { status } from '../support/environments.ts';

let plane: { url: string; token: string };

beforeAll(async () => {
  plane = JSON.parse(await readFile(join(inject('home'), 'control-plane.json'), 'utf8'));
});

describe('the contract of the control plane', () => {
  const server = () => ({ url: plane.url, headers: { Authorization: `Bearer ${plane.token}` } });
  const names = async () => (await status()).environments.map(({ name }) => name);

  /** All that only reads. tests/fuzz/control-plane.test.ts fuzzes every operation, on the fake. */
  it(
    'holds against a fuzzer',
    async () => {
      await fuzz(server(), { config: 'control-plane-reading.toml' });
    },
    fuzzPatience,
  );

  it('makes a TypeScript client that compiles and works', async () => {
    const client = await typeScriptClient(server());
    const call = client as unknown as Record<string, (...given: unknown[]) => Promise<{ status: number; data: never }>>;
    expect(await call.isAlive?.()).toMatchObject({ status: 200, data: { ok: true } });
    const answer = await call.getStatus?.();
    expect(answer).toMatchObject({ status: 200, data: { environments: (await names()).map((name) => ({ name })) } });
    const refused = await call.requestPromotion?.({ environment: 'nosuch', kind: 'promote' });
    expect(refused).toMatchObject({ status: 404, data: { error: { code: 'environment-unknown' } } });
    expect(await call.getPromotion?.('nosuch', {})).toMatchObject({ status: 404 });
  });

  it('makes a Python client that works', async () => {
    const said = JSON.parse(await pythonClient(server(), 'use_control_plane.py', [plane.token])) as unknown;
    const environments = await names();
    expect(said).toEqual({
      alive: true,
      status: environments,
      environments,
      unknown: 'environment-unknown',
      refused: 'environment-unknown',
      stranger: 'unauthorized',
    });
  });
});
