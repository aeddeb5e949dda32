import { execFile } from 'node:child_process';
import { mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const module = new URL('../tests/support/users-home.ts', import.meta.url).href;

it('the home of the tests’ user is made by several of them at once', async () => {
  const root = await mkdtemp(join(tmpdir(), 'soundbite-users-home-'));
  try {
    const make = `import { usersHome } from ${JSON.stringify(module)}; console.log(usersHome(${JSON.stringify(root)}));`;
    const homes = await Promise.all(
      [1, 2, 3].map(() => run(process.execPath, ['--input-type=module', '--eval', make])),
    );
    const [home = '', ...others] = homes.map(({ stdout }) => stdout.trim());
    expect(others).toEqual([home, home]);
    expect(await readlink(join(home, '.npm'))).not.toBe('');
  } finally {
    await rm(root, { recursive: true });
  }
});
