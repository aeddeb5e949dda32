import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homeSecret, writePrivate } from './secrets.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the secrets of a home', () => {
  it('are made once, and only their owner reads them', async () => {
    const first = await homeSecret(home, 'token');
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(await homeSecret(home, 'token')).toBe(first);
    expect([modeOf(join(home, 'secrets')), modeOf(join(home, 'secrets/token'))]).toEqual(['700', '600']);
  });

  it('are replaced as a whole: a write that failed leaves nothing behind', async () => {
    await writePrivate(join(home, 'a.json'), 'old');
    await writePrivate(join(home, 'a.json'), 'new');
    expect(readFileSync(join(home, 'a.json'), 'utf8')).toBe('new');
    mkdirSync(join(home, 'b.json'));
    await expect(writePrivate(join(home, 'b.json'), 'text')).rejects.toThrow();
    expect(readdirSync(home).sort()).toEqual(['a.json', 'b.json']);
  });
});
