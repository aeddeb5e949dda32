import { randomUUID } from 'node:crypto';
import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RequestPage, RequestRecord, RequestsSince } from '@soundbite/model';
import type { Emit } from './events.ts';
import { fileText } from './files.ts';

/** Records of one environment: the latest in memory, older ones in `<directory>/<environment>.ndjson` and `.ndjson.1`. */
export interface RequestRecords {
  add(record: RequestRecord): void;
  /** In the order in which they ended, as far back as the files hold. A cursor of an edge that ended is none. */
  since(since: RequestsSince): Promise<RequestPage>;
  /** How many are on no disk because it was full. */
  lost(): number;
  /** Writes what waits in memory. */
  flush(): Promise<void>;
}

const inMemory = 4_000;
const fileBytes = 4 * 1024 * 1024;
const flushEveryMs = 200;

export function recordsOf(
  environment: string,
  directory: string,
  emit: Emit,
  limits = { inMemory, fileBytes },
): RequestRecords {
  const file = join(directory, `${environment}.ndjson`);
  const ring = recordRing(limits.inMemory);
  const disk = recordFile(file, limits.fileBytes, (lost, error) =>
    emit({ code: 'records-lost', text: `${lost} records of ${environment}: ${error.message}` }),
  );
  /** Cursors are this life's name and how many records were told; the files hold those of earlier lives, too. */
  const life = randomUUID();
  return {
    add(record) {
      ring.add(record);
      disk.add(`${JSON.stringify(record)}\n`);
    },
    async since({ time, cursor }) {
      const told = toldBy(life, cursor);
      const total = ring.total();
      const next = { time, cursor: `${life} ${total}` };
      const found = ring.after(told, time, disk.lost() > 0) ?? (await fromFiles(disk, file, told, total));
      const records = found.records.filter((record) => record.start >= time);
      const isAnew = told === null && typeof cursor === 'string';
      return {
        records,
        next,
        ...(isAnew && { anew: true }),
        ...(found.since > time && { whole: { since: found.since } }),
      };
    },
    lost: disk.lost,
    flush: disk.flush,
  };
}

/** Records, and from what time on (ms since 1970) they are all; 0: none is missing. */
interface FoundRecords {
  readonly records: readonly RequestRecord[];
  readonly since: number;
}

/** What started then or later ended after this one, so it is kept where this one is or was. */
const afterEndOf = ({ start, ms }: RequestRecord): number => start + Math.ceil(ms) + 1;

/** The latest records of this life. */
function recordRing(most: number) {
  let ring: RequestRecord[] = [];
  /** How many of this life's records fell out of the ring. */
  let fallen = 0;
  /** Before this time the ring may miss records: the edge started, or older ones fell out. */
  let ringSince = Date.now();
  return {
    /** How many there were in this life. */
    total: () => fallen + ring.length,
    add(record: RequestRecord): void {
      ring.push(record);
      if (ring.length < 2 * most) return;
      const dropped = ring.at(-most - 1);
      fallen += ring.length - most;
      ring = ring.slice(-most);
      if (dropped !== undefined) ringSince = afterEndOf(dropped);
    },
    /** Those after the first `told` of this life, or since `time` where none of it was told. Null: the files hold more of them, if they are whole. */
    after(told: number | null, time: number, isFileBroken: boolean): FoundRecords | null {
      const isInRing = told === null ? time >= ringSince : told >= fallen || isFileBroken;
      if (!isInRing) return null;
      const isCut = told !== null && told < fallen;
      return { records: ring.slice(Math.max(0, (told ?? 0) - fallen)), since: isCut ? ringSince : 0 };
    },
  };
}

/** The file to which lines are appended in bunches, and which is rotated when it is full. `fail` is told how many lines were lost in all. */
function recordFile(file: string, fileBytes: number, fail: (lost: number, error: Error) => void) {
  let waiting: string[] = [];
  let lost = 0;
  let lostAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const lines = waiting;
    waiting = [];
    writing = writing.then(() => append(lines));
    return writing;
  }

  async function append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      await rotate(file, fileBytes);
      await appendFile(file, lines.join(''), { mode: 0o600 });
    } catch (error) {
      // Requests go on without their records; that some are missing is said.
      lost += lines.length;
      lostAt = Date.now();
      fail(lost, error as Error);
    }
  }

  return {
    add(line: string): void {
      waiting.push(line);
      timer ??= setTimeout(() => void flush(), flushEveryMs);
    },
    flush,
    lost: () => lost,
    /** When the last ones were lost, in ms since 1970; 0: none were. */
    lostAt: () => lostAt,
  };
}

/** All that the files hold, or this life's from the one after `told` on; those that end meanwhile are not among them. */
async function fromFiles(
  { flush, lostAt }: ReturnType<typeof recordFile>,
  file: string,
  told: number | null,
  total: number,
): Promise<FoundRecords> {
  await flush();
  const older = read(`${file}.1`);
  const all = [...older, ...read(file)];
  // One file may have been dropped before the older of the two.
  const cutAt = older[0] === undefined ? 0 : afterEndOf(older[0]);
  if (told === null) return { records: all, since: Math.max(cutAt, lostAt()) };
  const untold = total - told;
  return { records: all.slice(-untold), since: all.length < untold ? Math.max(cutAt, lostAt()) : 0 };
}

/** How many records of this life its asker was told; null: none of this life. */
function toldBy(life: string, cursor: unknown): number | null {
  const [of, told] = String(cursor).split(' ');
  return of === life ? Number(told) : null;
}

async function rotate(file: string, limit: number): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > limit) await rename(file, `${file}.1`);
}

/** A last line that was cut by a crash is not a record. */
function read(file: string): RequestRecord[] {
  return (fileText(file) ?? '').split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as RequestRecord];
    } catch {
      return [];
    }
  });
}
