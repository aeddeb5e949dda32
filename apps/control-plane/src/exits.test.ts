import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'soundbite-exits-'));
  writeFileSync(join(home, 'environments.yaml'), 'version: 1\n');
});
afterAll(() => rmSync(home, { recursive: true }));

/** A program of the control plane, which can be refused before it starts anything. */
function exitOf(program: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const entry = fileURLToPath(new URL(program, import.meta.url));
  const { PATH = '' } = process.env;
  return new Promise<{ exit: unknown; said: string }>((resolve) => {
    execFile(
      process.execPath,
      [entry, ...args],
      { env: { PATH, SOUNDBITE_HOME: home, ...env } },
      (error, stdout, stderr) => resolve({ exit: error?.code ?? 0, said: stdout + stderr }),
    );
  });
}

it.each([
  ['of a database that is none', 'preflight-main.ts', ['SOUNDBITE_ROOT', 'DATABASE_URL'], 'database-unusable'],
  ['of a wrong declaration', 'preflight-main.ts', ['SOUNDBITE_ROOT', '--brings-up'], 'declaration-invalid'],
  ['without a database to move to', 'move-main.ts', ['SOUNDBITE_ROOT'], 'usage'],
] as const)('%s: %s exits 2', async (_what, program, given, code) => {
  const set = (name: string, value: string) => ((given as readonly string[]).includes(name) ? { [name]: value } : {});
  const env = { ...set('SOUNDBITE_ROOT', home), ...set('DATABASE_URL', 'nonsense') };
  const { exit, said } = await exitOf(program, env, ...given.filter((word) => word.startsWith('--')));
  expect({ exit, said }).toEqual({ exit: 2, said: expect.stringContaining(`"code":"${code}"`) });
});
