import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { RunningProcess } from '@soundbite/model';
import { SoundBiteError, toErrorDocument } from '@soundbite/model/errors.ts';

const usage = `usage: host-main.ts --home <directory> [--initial <spec.json>]   start the host or adopt the one that runs
       host-main.ts --home <directory> --down [--purge]            end all it started; remove the home too
`;

/** The program: starts (and leaves behind) the host, or ends it; `--serve` is the host itself. One JSON line on standard output. */
async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) return 2;
  const { home, initial } = options;
  if (options.serve) return await beHost(home);
  if (options.down) {
    const { down } = await import('./down.ts');
    await down(home, { purge: options.purge });
    return 0;
  }
  const { startHost } = await import('./launch.ts');
  const host = await startHost(home, { node: process.execPath });
  let process_: RunningProcess | undefined;
  if (initial !== undefined) process_ = await host.ensureInitial(readSpec(initial));
  print({ url: host.url, token: host.token, pid: host.pid, ...(process_ === undefined ? {} : { initial: process_ }) });
  return 0;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        home: { type: 'string' },
        initial: { type: 'string' },
        serve: { type: 'boolean', default: false },
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

async function beHost(path: string): Promise<number> {
  const [{ makeHome }, { serve }] = await Promise.all([import('./home.ts'), import('./serve.ts')]);
  await serve(makeHome(path), (event) => print({ at: new Date().toISOString(), ...event }));
  return 0;
}

function readSpec(file: string) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new SoundBiteError('bad-spec', `${file} holds no process spec: ${(cause as Error).message}`, {
      source: 'user',
      mend: 'give a file that holds a ProcessSpec as JSON',
      cause,
    });
  }
}

function print(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${JSON.stringify({ error: toErrorDocument(error) })}\n`);
  process.exitCode = 3;
}
