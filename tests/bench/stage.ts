import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Status } from '@soundbite/client';
import { cli, root } from '../support/cli.ts';
import type { Repository } from '../support/repository.ts';
import { workingCopy } from '../support/working-copy.ts';

/** A copy of the repository with every watch at 0 s, a home of its own, and the CLI of that copy. */
export interface BenchStage {
  readonly copy: Repository;
  readonly home: string;
  /** Runs the copy's CLI with --json and gives its document; throws on another exit code than 0. */
  soundbite<T = Record<string, unknown>>(...args: string[]): Promise<T>;
  status(): Promise<Status>;
  url(environment: string): Promise<string>;
  end(): Promise<void>;
}

/** `env`: what its commands have beside a person's usual variables. */
export async function stage(env: Readonly<Record<string, string>> = {}): Promise<BenchStage> {
  // The copy uses what is installed here; without it `up` fails minutes later, and says it of the copy.
  const missing = ['.venv', 'apps/service/node_modules'].find((path) => !existsSync(join(root, path)));
  if (missing)
    throw new Error(`${missing} is not installed: ./scripts/soundbite.sh --version installs what is missing`);
  const copy = await workingCopy();
  await symlink(join(root, '.venv'), join(copy.directory, '.venv'));
  await copy.edit('environments.yaml', 'seconds: 2', 'seconds: 0');
  await copy.edit('environments.yaml', 'seconds: 5', 'seconds: 0');
  await copy.commit('Watch for no time: the bench measures the machinery');
  const place = await mkdtemp(join(tmpdir(), 'soundbite-bench-'));
  const home = join(place, 'state');

  async function run(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await cli(args, { home, env, repository: copy.directory });
    if (code !== 0) throw new Error(`soundbite ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`);
    return stdout;
  }

  const status = async () => JSON.parse(await run(['status', '--json'])) as Status;
  return {
    copy,
    home,
    soundbite: async (...args) => JSON.parse(await run([...args, '--json'])),
    status,
    async url(environment) {
      const found = (await status()).environments.find(({ name }) => name === environment)?.url;
      if (!found) throw new Error(`${environment} has no address`);
      return found;
    },
    async end() {
      await run(['down', '--purge']);
      await copy.remove();
      await rm(place, { recursive: true, force: true });
    },
  };
}

/** The p-th percentile (0..1) of some figures, by nearest rank. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

/** Seconds of a piece of work, and what it gave. */
export async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const from = performance.now();
  const value = await work();
  return { seconds: (performance.now() - from) / 1000, value };
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));
