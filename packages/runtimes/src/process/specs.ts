import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Digest, type ProcessSpec, shortDigest } from '@soundbite/model';
import { programFile } from '@soundbite/model/programs.ts';

export const roles = ['api', 'worker'] as const;
export type Role = (typeof roles)[number];

/** First wished port of versions; free ones above it are taken. */
const firstPort = 8200;
/** A version that is not healthy after this many ms is refused. */
const startWithinMs = 20_000;

export const processName = (environment: string, role: Role, release: Digest): string =>
  `service-${environment}-${role}-${shortDigest(release)}`;

/** The role of a process among the versions of an environment; null: it is none of them. Another environment's name may begin alike. */
export const roleOfProcess = (environment: string, process: string): Role | null =>
  roles.find((role) => new RegExp(`^service-${environment}-${role}-[0-9a-f]{12}$`).test(process)) ?? null;

const proof = pathToFileURL(programFile('packages/runtimes/src/process/prove-code.js'));

/** What makes Node prove the code in its working directory before it runs any of it, at each start. It names no path: the host would not find it in a URL when it follows a home. */
export const proofArgs = (digest: string): string[] => ['--import', `${proof.href}?${new URLSearchParams({ digest })}`];

/** For processes that rest nearly always: 5 MB less of each stay. V8 keeps its threads: with one alone requests wait for the garbage collector. */
const spareMemory = ['--max-semi-space-size=4'];

/** One process of a version. `env` is what the service and the SDK are told. */
export function versionSpec(options: {
  readonly environment: string;
  readonly role: Role;
  readonly release: Digest;
  readonly nodePath: string;
  readonly code: string;
  /** Of all files in `code`; see code-files.ts. */
  readonly codeDigest: string;
  readonly heapMiB: number;
  readonly stopWithinMs: number;
  readonly env: Readonly<Record<string, string>>;
}): ProcessSpec {
  const { environment, role, release, nodePath, code, codeDigest, heapMiB, stopWithinMs, env } = options;
  return {
    name: processName(environment, role, release),
    command: nodePath,
    args: [`--max-old-space-size=${heapMiB}`, ...spareMemory, ...proofArgs(codeDigest), join(code, 'index.mjs'), role],
    cwd: code,
    env: { ...env, SOUNDBITE_PORT: '{port}', PATH: '/usr/bin:/bin', NODE_ENV: 'production' },
    port: firstPort,
    health: { url: 'http://127.0.0.1:{port}/health', withinMs: startWithinMs },
    restart: 'always',
    stopSignal: 'SIGTERM',
    stopWithinMs,
  };
}
