import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const module = fileURLToPath(new URL('log.ts', import.meta.url));

/** Says more than may wait, by the log and by console and streams, as libraries do; then its work is done: exit 7. */
const program = `
import { neverFail, openLog } from ${JSON.stringify(module)};
neverFail(process.stdout, process.stderr);
const log = openLog();
for (let n = 0; n < 2000; n++) log.info({ n }, 'x'.repeat(500));
console.log('printed');
process.stdout.write('written');
process.stderr.write('written');
setTimeout(() => { log.fatal('the end'); process.exit(7); }, 100);
`;

async function exitWith(redirection: string, program: string, before = ''): Promise<number> {
  const line = `${before}"$0" --input-type=module-typescript -e "$1" ${redirection}; exit \${PIPESTATUS[0]}`;
  const child = spawn('bash', ['-c', line, process.execPath, program], { stdio: 'ignore' });
  return (await once(child, 'exit'))[0] as number;
}

it.each(['>/dev/full 2>&1', '2>&1 | true', '>&- 2>&-', '>/dev/null'])(
  'a log that cannot be written ends no work (%s)',
  async (redirection) => expect(await exitWith(redirection, program)).toBe(7),
);

it('goes on when there is room again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'soundbite-log-'));
  try {
    const file = join(folder, 'log');
    // A limit on the size of a file is a full disk on which room can be made.
    const filling = `
import { truncateSync } from 'node:fs';
import { openLog } from ${JSON.stringify(module)};
const log = openLog();
for (let n = 0; n < 100; n++) log.info({ n }, 'x'.repeat(500));
truncateSync(${JSON.stringify(file)});
log.info('there is room');
process.exit(7);
`;
    expect(await exitWith(`>>'${file}'`, filling, 'ulimit -f 8; ')).toBe(7);
    expect(JSON.parse(readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '')).toMatchObject({
      msg: 'there is room',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
