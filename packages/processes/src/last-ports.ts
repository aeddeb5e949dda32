import { readJson, writeWhole } from './files.ts';
import type { HomePaths } from './home.ts';
import { homeId, isRecordedHere } from './standing.ts';

/** On disk it also says which home it is of. */
interface PortsFile {
  readonly home?: string;
  readonly kept?: Readonly<Record<string, number>>;
}

/**
 * The ports that those had whom `down` ended and who keep theirs (`keepsPort`): they get them again, if they are free, although their records are gone. What
 * others were told of a port then holds on, in whichever order they come back.
 */
export function lastPorts(home: HomePaths): ReadonlyMap<string, number> {
  const file = readJson(home.portsFile) as PortsFile | null;
  return new Map(file !== null && isRecordedHere(home, file.home) ? Object.entries(file.kept ?? {}) : []);
}

/** Errors: `disk-full`; what was kept before stays. */
export function keepPorts(home: HomePaths, ports: ReadonlyMap<string, number>): void {
  writeWhole(home.portsFile, JSON.stringify({ kept: Object.fromEntries(ports), home: homeId(home) }));
}
