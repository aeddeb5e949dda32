import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where npm is asked: its settings of the project count, and those of the user, since an archive is proven by its digest wherever it came from. */
export interface NpmSource {
  readonly source: string;
  readonly signal?: AbortSignal;
}

/** A package as it is to be fetched. */
export interface WantedPackage {
  /** Its place in node_modules. */
  readonly place: string;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/** Where npm's cache usually is: where the environment says, else in the home, where another shell may have filled it. To ask npm takes a third of a second. */
export function usualCaches(): string[] {
  const said = process.env.npm_config_cache;
  return [...(said ? [said] : []), join(homedir(), '.npm')];
}

/** Where npm says that its cache is, for this project and this user. */
export async function configuredCache({ source, signal }: NpmSource): Promise<string> {
  const { stdout } = await run('npm', ['config', 'get', 'cache', '--json=false'], {
    cwd: source,
    ...(signal ? { signal } : {}),
  });
  return stdout.trim();
}

/** The archive that a cache keeps for an integrity, if it has that and it is whole. */
export async function archiveIn(cache: string, integrity: string | undefined): Promise<Buffer | null> {
  const [, encoded] = /^sha512-([\w+/=]+)$/.exec(integrity ?? '') ?? [];
  if (!encoded) return null;
  const hex = Buffer.from(encoded, 'base64').toString('hex');
  const file = join(cache, '_cacache', 'content-v2', 'sha512', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
  const archive = await readFile(file).catch(() => null);
  return archive && createHash('sha512').update(archive).digest('hex') === hex ? archive : null;
}

/** Has npm fetch archives into its cache. Answers what it said when it could not, null when it could. */
export async function fetchPackages(
  cache: string,
  packages: readonly WantedPackage[],
  { source, signal }: NpmSource,
): Promise<string | null> {
  const wanted = packages.map(({ place, name, version }) => `${name ?? nameAt(place)}@${version}`);
  if (wanted.length === 0) return null;
  const args = [
    'cache',
    'add',
    ...wanted,
    '--cache',
    cache,
    '--fetch-retries',
    '1',
    '--fetch-retry-mintimeout',
    '1000',
    '--fetch-timeout',
    '20000',
  ];
  try {
    await run('npm', [...args, '--prefer-online', '--loglevel', 'error'], {
      cwd: source,
      ...(signal ? { signal } : {}),
    });
    return null;
  } catch (error) {
    if (signal?.aborted) throw error;
    const { stderr = '', message } = error as { readonly stderr?: string; readonly message: string };
    return /^npm (?:error|ERR!) (?!code |errno |syscall |network )(.+)$/m.exec(stderr)?.[1] ?? message;
  }
}

const nameAt = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
