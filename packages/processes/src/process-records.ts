import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessSpec } from '@soundbite/model';
import { readJson, writeWhole } from './files.ts';
import type { HomePaths } from './home.ts';
import type { ProcessIdentity } from './identity.ts';
import { homeId, isRecordedHere } from './standing.ts';

/** A started process, as a later host needs it to adopt or stop it. */
export interface RecordedRun {
  readonly identity: ProcessIdentity;
  readonly port: number | null;
  /** ISO time. */
  readonly startedAt: string;
  /** Digests of the specs that this process satisfies: the one it was started with, and what was amended since. */
  readonly accepts: readonly string[];
}

/** The host's record of one name, on disk. `wanted: false`: it was being stopped. */
export interface ProcessRecord {
  readonly spec: ProcessSpec;
  readonly wanted: boolean;
  /** Given to the host at its start: it uses the others, so it is stopped before them. */
  readonly initial: boolean;
  /** One more than the deepest process that was healthy when this one was first asked for: `down` stops the deepest first. */
  readonly depth: number;
  readonly port: number | null;
  readonly run: RecordedRun | null;
}

/** On disk it also says which home it is a record of. */
interface RecordFile extends ProcessRecord {
  readonly home?: string;
}

const fileOf = (home: HomePaths, name: string) => join(home.records, `${name}.json`);

/** All records of this home, in no order, without those of the home that it was copied from. */
export function readRecords(home: HomePaths): readonly ProcessRecord[] {
  return readdirSync(home.records)
    .filter((file) => file.endsWith('.json'))
    .map((file) => readJson(join(home.records, file)) as RecordFile | null)
    .filter((record) => record !== null)
    .filter((record) => isRecordedHere(home, record.home));
}

/** Errors: `disk-full`; the record before stays. */
export function saveRecord(home: HomePaths, record: ProcessRecord): void {
  writeWhole(fileOf(home, record.spec.name), JSON.stringify({ ...record, home: homeId(home) }));
}

export function removeRecord(home: HomePaths, name: string): void {
  rmSync(fileOf(home, name), { force: true });
}
