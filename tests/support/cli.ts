import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { sdkConfigFile, sdkVariables } from '../../packages/runtimes/src/aws/testing-sdk-variables.ts';
import { usersHome } from './users-home.ts';

/** Seconds after which a `dev` session that is not heard of is over: 16 where nobody says otherwise. */
export const devSilence = 3;

export const root = resolve(import.meta.dirname, '../..');

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON document on standard output. */
  json<T = Record<string, unknown>>(): T;
}

export interface CliOptions {
  readonly home: string;
  readonly env?: Record<string, string>;
  /** The repository whose CLI is run; this one by default. */
  readonly repository?: string;
  /** Where it is run; in that repository by default. */
  readonly cwd?: string;
  /** Killed by -9 after so many ms, should it still run. */
  readonly killAfterMs?: number;
  /** Killed by -9 as soon as it has said this. */
  readonly killAt?: string;
}

/** Runs the CLI as a person's shell would, on the locked Node, with a home of its own. */
export async function cli(
  args: readonly string[],
  { home, env = {}, repository = root, cwd = repository, killAfterMs, killAt }: CliOptions,
): Promise<CliRun> {
  const child = spawn(process.execPath, [join(repository, 'apps/cli/src/main.js'), ...args], {
    cwd,
    env: {
      ...cleanEnvironment(),
      ...usersShell,
      SOUNDBITE_HOME: home,
      SOUNDBITE_DEV_SILENCE: String(devSilence),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const heard = () => killAt !== undefined && `${stdout}${stderr}`.includes(killAt) && child.kill('SIGKILL');
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    heard();
  });
  const killing = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(killing);
  return {
    code,
    stdout,
    stderr,
    json: () => {
      try {
        return JSON.parse(stdout);
      } catch {
        throw new Error(
          `soundbite ${args.join(' ')} (exit ${code}) printed no JSON document:\n${stdout}\n--- standard error:\n${stderr}`,
        );
      }
    },
  };
}

/** The environment without what a test runner or a developer's shell may have put into it. */
export function cleanEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'USER'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] as string]])),
  );
}

/**
 * Beside that, what a person's shell may well say about that person's own work: it must neither break nor redirect anything on loopback
 * (docs/decisions/0027), so every journey runs with it.
 */
const usersShell: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(sdkVariables).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  ),
  AWS_CONFIG_FILE: sdkConfigFile,
  PGHOST: 'db.example.com',
  PGPORT: '1',
  PGUSER: 'somebody',
  PGPASSWORD: 'else',
  PGDATABASE: 'elsewhere',
  PGSSLMODE: 'verify-full',
  PGOPTIONS: '-c search_path=elsewhere',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  ALL_PROXY: 'http://127.0.0.1:9',
  HOME: usersHome(root),
  NODE_OPTIONS: `--require ${join(import.meta.dirname, 'refuse-node-options.cjs')}`,
  NODE_ENV: 'production',
  npm_config_registry: 'http://127.0.0.1:9',
  npm_config_cache: '/nonexistent',
  npm_config_omit: 'dev',
  npm_config_ignore_scripts: 'true',
  npm_config_prefix: '/nonexistent',
};
