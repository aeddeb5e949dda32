import { readJson, writeWhole } from './files.ts';
import type { HomePaths } from './home.ts';
import { homeId, isRecordedHere } from './standing.ts';

/** On disk it also says which home it is of. */
interface PortsFile {
  readonly home?: string;
  readonly ports?: Readonly<Record<string, number>>;
}

/**
 * The ports that names had when `down` ended them: they get them again, if they are free, although their records are gone. What others were told of a port
 * (the containers of an environment: their relay's) then holds on, in whichever order they come back.
 */
export function lastPorts(home: HomePaths): ReadonlyMap<string, number> {
  const file = readJson(home.portsFile) as PortsFile | null;
  return new Map(file !== null && isRecordedHere(home, file.home) ? Object.entries(file.ports ?? {}) : []);
}

/** Errors: `disk-full`; what was kept before stays. */
export function keepPorts(home: HomePaths, ports: ReadonlyMap<string, number>): void {
  writeWhole(home.portsFile, JSON.stringify({ ports: Object.fromEntries(ports), home: homeId(home) }));
}
