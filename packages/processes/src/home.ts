import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Where the host keeps its things inside a home directory (absolute, real paths). */
export interface Home {
  readonly path: string;
  /** {pid, ticks, boot, url, token, version} of the host that runs. */
  readonly hostFile: string;
  /** One record for each supervised process. */
  readonly records: string;
  readonly logs: string;
  /** Directories outside the home that belong to it; `down --purge` removes them. */
  readonly outsideFile: string;
  /** Twelve hex digits that tell homes of this machine apart. */
  readonly hash: string;
}

/** Names a home's places without making any. The path must exist. */
export function homeAt(path: string): Home {
  const real = realpathSync(path);
  return {
    path: real,
    hostFile: join(real, 'host.json'),
    records: join(real, 'host'),
    logs: join(real, 'logs'),
    outsideFile: join(real, 'outside.json'),
    hash: createHash('sha256').update(real).digest('hex').slice(0, 12),
  };
}

/** Makes a home that nobody else may read, and its directories. Idempotent. */
export function makeHome(path: string): Home {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const home = homeAt(path);
  for (const directory of [home.path, home.records, home.logs]) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
  }
  return home;
}
