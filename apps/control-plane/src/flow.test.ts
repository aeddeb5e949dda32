import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { devRecords } from './dev-records.ts';
import { acceptTaints } from './flow.ts';

let home: string;
/** Who accepted, in order. */
let accepted: string[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'soundbite-'));
  accepted = [];
});
afterEach(() => rmSync(home, { recursive: true }));

const accept = () =>
  acceptTaints(
    {
      config: { home },
      declaration: () => ({ environments: [{ name: 'dev' }, { name: 'staging' }] }),
      engine: {
        records: {
          taints: async () => [],
          acceptTaints: async (_: string, { by }: { by: string }) => void accepted.push(by),
        },
      },
    } as unknown as Parameters<typeof acceptTaints>[0],
    'dev',
    { reason: 'meant' },
    'ana',
  );

it('nobody accepts what a session goes on changing, also when its control plane died and its lock went stale', async () => {
  const records = devRecords(home);
  await records.write({ id: '12345678-90ab', environment: 'staging' });
  await accept();
  await records.write({ id: '12345678-90ab', environment: 'dev' });
  const message = 'dev session 12345678 is changing dev';
  await expect(accept()).rejects.toMatchObject({ code: 'environment-busy', message });
  expect(accepted).toEqual(['ana']);
  await records.remove('dev');
  await accept();
  expect(accepted).toEqual(['ana', 'ana']);
});
