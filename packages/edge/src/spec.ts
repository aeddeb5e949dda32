import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSpec } from '@soundbite/model';
import { codeDirectory, programFile } from '@soundbite/model/programs.ts';

const wishedAdminPort = 9400;

/**
 * The one edge process of a home, for the supervisor. Its admin API is at the port that the supervisor picks
 * (`edgeClient('http://127.0.0.1:' + running.port, token)`). Other code makes another spec, so that an upgrade replaces the process.
 * `containers`: how the names of containers begin that it may lead to.
 */
export function edgeSpec(
  home: string,
  installation: string,
  nodePath: string,
  token: string,
  containers?: string,
): ProcessSpec {
  return {
    name: 'edge',
    command: nodePath,
    args: [
      '--max-old-space-size=128',
      '--max-semi-space-size=2',
      programFile('packages/edge/src/edge-main.ts', installation),
    ],
    env: {
      EDGE_HOME: join(home, 'edge'),
      EDGE_TOKEN: token,
      EDGE_CODE: codeDigest(codeDirectory('packages/edge/src', installation)),
      PORT: '{port}',
      ...(containers === undefined ? {} : { EDGE_CONTAINERS: containers }),
      NODE_COMPILE_CACHE: join(home, 'compiled'),
    },
    port: wishedAdminPort,
    health: { url: 'http://127.0.0.1:{port}/health', withinMs: 15_000 },
    restart: 'always',
    stopWithinMs: 12_000,
  };
}

function codeDigest(source: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(source).sort()) {
    if (/\.(ts|mjs)$/.test(file) && !file.endsWith('.test.ts')) hash.update(readFileSync(join(source, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
