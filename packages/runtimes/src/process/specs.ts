import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Digest, ProcessComponent, ProcessSpec } from '@soundbite/model';
import { programFile } from '@soundbite/model/programs.ts';
import { processName } from '../versions/names.ts';

/** First wished port of versions; free ones above it are taken. */
const firstPort = 8200;
/** A version that is not healthy after this many ms is refused. */
const startWithinMs = 20_000;

const proof = pathToFileURL(programFile('packages/runtimes/src/process/prove-code.js'));

/** What makes Node prove the code in its working directory before it runs any of it, at each start. It names no path: the host would not find it in a URL when it follows a home. */
export const proofArgs = (digest: string): string[] => ['--import', `${proof.href}?${new URLSearchParams({ digest })}`];

/** For processes that rest nearly always: 5 MB less of each stay. V8 keeps its threads: with one alone requests wait for the garbage collector. */
const spareMemory = ['--max-semi-space-size=4'];

/** One process of a version. `env` is what the service and the SDK are told. */
export function versionSpec(options: {
  readonly environment: string;
  readonly component: Pick<ProcessComponent, 'name' | 'health'>;
  readonly release: Digest;
  readonly nodePath: string;
  readonly code: string;
  /** Of all files in `code`; see code-files.ts. */
  readonly codeDigest: string;
  readonly heapMiB: number;
  readonly stopWithinMs: number;
  readonly env: Readonly<Record<string, string>>;
}): ProcessSpec {
  const { environment, component, release, nodePath, code, codeDigest, heapMiB, stopWithinMs, env } = options;
  return {
    name: processName(environment, component.name, release),
    command: nodePath,
    args: [
      `--max-old-space-size=${heapMiB}`,
      ...spareMemory,
      ...proofArgs(codeDigest),
      join(code, 'index.mjs'),
      component.name,
    ],
    cwd: code,
    env: { ...env, SOUNDBITE_PORT: '{port}', PATH: '/usr/bin:/bin', NODE_ENV: 'production' },
    port: firstPort,
    health: { url: `http://127.0.0.1:{port}${component.health}`, withinMs: startWithinMs },
    restart: 'always',
    stopSignal: 'SIGTERM',
    stopWithinMs,
  };
}
