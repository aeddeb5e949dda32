import { expect, it } from 'vitest';
import { type Database, throughOutages } from './database.ts';
import { readLedger } from './ledger.ts';

const failing = (code: string, times: number) => {
  let left = times;
  return async () => {
    if (left-- > 0) throw Object.assign(new Error('could not extend file: No space left on device'), { code });
    return 'written';
  };
};

it('a promotion under way waits for room on the disk of its database', async () => {
  expect(await throughOutages(failing('53100', 2), Number.POSITIVE_INFINITY)).toBe('written');
});

it('whoever asks for something new hears of the full disk at once', async () => {
  await expect(throughOutages(failing('53100', 2), 60_000)).rejects.toMatchObject({ code: '53100' });
});

it('a Postgres that is away is waited for by both', async () => {
  for (const patience of [60_000, Number.POSITIVE_INFINITY])
    for (const ended of ['57P01', '57P05', '25P03'])
      expect(await throughOutages(failing(ended, 2), patience)).toBe('written');
});

it('whoever reads the ledger waits for a Postgres that is away for a moment', async () => {
  let left = 2;
  const query = {
    selectAll: () => query,
    where: () => query,
    orderBy: () => query,
    limit: () => query,
    async execute() {
      if (left-- > 0) throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9432'), { code: 'ECONNREFUSED' });
      return [];
    },
  };
  expect(await readLedger({ selectFrom: () => query } as unknown as Database, 0, 1)).toEqual([]);
});
