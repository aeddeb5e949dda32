import { chmodSync, mkdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { homeMarkName } from '@soundbite/model/home-mark.ts';

/** Where the host keeps its things inside a home directory (absolute, real paths). */
export interface HomePaths {
  readonly path: string;
  /** Which home this directory is; see `standing.ts`. */
  readonly markFile: string;
  /** {pid, ticks, boot, url, token, version} of the host that runs. */
  readonly hostFile: string;
  /** One record for each supervised process. */
  readonly records: string;
  readonly logs: string;
  /** The ports that names had when all was ended last. */
  readonly portsFile: string;
  /** Directories outside the home that belong to it; `down --purge` removes them. */
  readonly outsideFile: string;
}

/** Names a home's places without making any. The path must exist. */
export function homeAt(path: string): HomePaths {
  const real = realpathSync(path);
  return placesOf(() => real);
}

/** The home that this process works in, wherever it is moved. One that was removed has a path that does not exist. */
export function homeHere(): HomePaths {
  return placesOf(() => readlinkSync('/proc/self/cwd'));
}

/** Creates a home that only its owner may read, and its directories. Idempotent. */
export function makeHome(path: string): HomePaths {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const home = homeAt(path);
  makeDirectories(home);
  return home;
}

/** Errors: none if they are there already. */
export function makeDirectories(home: HomePaths): void {
  for (const directory of [home.path, home.records, home.logs]) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
  }
}

function placesOf(where: () => string): HomePaths {
  const at = (name: string) => join(where(), name);
  return {
    get path() {
      return where();
    },
    get markFile() {
      return at(homeMarkName);
    },
    get hostFile() {
      return at('host.json');
    },
    get records() {
      return at('host');
    },
    get logs() {
      return at('logs');
    },
    get portsFile() {
      return at('ports.json');
    },
    get outsideFile() {
      return at('outside.json');
    },
  };
}
