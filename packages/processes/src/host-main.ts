import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ProcessSpec } from '@soundbite/model';
import { rowOfError, SoundBiteError, toErrorDocument } from '@soundbite/model/errors.ts';

const usage = `usage: host-main.ts --home <directory> [--initial <spec.json>]   start the host or adopt the one that runs
       host-main.ts --home <directory> --down [--purge]            end all it started; remove the home too
`;

/** The program: starts (and leaves behind) the host, or ends it. One JSON line on standard output. */
async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) return 2;
  const { home, initial } = options;
  if (options.down) {
    const { down } = await import('./down.ts');
    await down(home, { purge: options.purge });
    return 0;
  }
  const { startHost } = await import('./launch.ts');
  const host = await startHost(home, { node: process.execPath });
  const first = initial === undefined ? {} : { initial: await host.ensureInitial(readSpec(initial)) };
  process.stdout.write(`${JSON.stringify({ url: host.url, token: host.token, pid: host.pid, ...first })}\n`);
  return 0;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        home: { type: 'string' },
        initial: { type: 'string' },
        down: { type: 'boolean', default: false },
        purge: { type: 'boolean', default: false },
      },
    });
    if (values.home === undefined) throw new Error('--home is missing');
    if (values.purge && !values.down) throw new Error('--purge goes with --down');
    return { ...values, home: resolve(values.home) };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`);
    return null;
  }
}

function readSpec(file: string): ProcessSpec {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessSpec;
  } catch (cause) {
    throw new SoundBiteError('usage', `${file} is not a process spec: ${(cause as Error).message}`, {
      hint: 'pass a file that holds a ProcessSpec as JSON',
      cause,
    });
  }
}

// A closed terminal does not interrupt a start: the command that waits for it continues, too.
process.on('SIGHUP', () => undefined);
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${JSON.stringify({ error: toErrorDocument(error) })}\n`);
  process.exitCode = rowOfError(error).exit;
}
