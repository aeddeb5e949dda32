import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeDirectory } from '@soundbite/model/programs.ts';
import { readJson } from './files.ts';
import type { HomePaths } from './home.ts';
import type { ProcessIdentity } from './identity.ts';
import { isAlive } from './identity.ts';
import { isRecordedHere } from './standing.ts';

/** Content of `<home>/host.json`: where the host of this home answers. */
export interface HostFile {
  readonly pid: number;
  /** Start of the process, in clock ticks since boot. */
  readonly started: number;
  readonly boot: string;
  /** Which home it is the host of. */
  readonly home?: string;
  readonly url: string;
  readonly token: string;
  /** Which code and node it runs; another one is replaced by the next start. */
  readonly version: string;
}

export function identityOf(file: HostFile): ProcessIdentity {
  return { pid: file.pid, ticks: file.started, boot: file.boot };
}

/** The live host, from its file; null if there is none, it died, or it belongs to the home that this one was copied from. */
export function livingHost(home: HomePaths): HostFile | null {
  const file = readJson(home.hostFile) as HostFile | null;
  return file !== null && isAlive(identityOf(file)) && isRecordedHere(home, file.home) ? file : null;
}

/** Names the code of this package and the node that runs it. */
export function hostVersion(node: string): string {
  const hash = createHash('sha256').update(node);
  const directory = codeDirectory('packages/processes/src');
  for (const file of readdirSync(directory).sort()) {
    if (/\.(ts|mjs)$/.test(file) && !file.endsWith('.test.ts')) hash.update(readFileSync(join(directory, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
