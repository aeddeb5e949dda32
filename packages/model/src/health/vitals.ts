import type { ComponentState, DiskRoom } from '../ports/runtime.ts';
import { shortDigest } from '../short-digest.ts';

/** `unknown` is no `well`: nobody could look. `warning`: it goes on so far. `bad`: it is not as it must be. */
export const severities = ['well', 'unknown', 'warning', 'bad'] as const;
export type Severity = (typeof severities)[number];

/** What was found of one thing that an environment lives on. Each that is not well has a hint. */
export interface Vital {
  readonly name: string;
  readonly severity: Severity;
  readonly detail: string;
  readonly hint?: string;
}

/** What was measured; null: it could not be, for the reason beside it. */
export interface Measured {
  readonly components: Measure<readonly ComponentState[]>;
  /** The service's own word on its jobs. */
  readonly jobs: Measure<{ readonly waiting: number; readonly oldestSeconds: number | null }>;
  /** The disk of the machine that it stands on; absent: none of ours. */
  readonly disk?: Measure<DiskRoom>;
  /** That of the container engine that keeps it; null: it is on another machine. Absent: no engine does. */
  readonly engineDisk?: Measure<DiskRoom | null>;
  /** When the credentials end by which it is reached, in ms since 1970; null: they do not. */
  readonly credentials: Measure<{ readonly expiration: number | null }>;
  /** In ms since 1970. */
  readonly now: number;
}

/** A value, or why there is none. */
export type Measure<T> = { readonly value: T } | { readonly unknown: string; readonly hint?: string };

/** From this part of its limit on a component has little left. */
const scarceShare = 0.9;
/** A component that was killed for its memory is bad for so long. */
const killedCountsMs = 10 * 60_000;
/** Seconds that the oldest job may wait: more than a piece of work takes, and what the service's own alarm is set to. */
const slowJobSeconds = 60;
const stuckJobSeconds = 300;
/** A release, an account and what the database writes meanwhile. */
const fewBytes = 1e9;
/** As `doctor` says it of a home. */
const leastBytes = 100e6;
/** Sessions are renewed before they have less than this left: one that has is not renewed any more. */
const shortMs = 10 * 60_000;

/** One verdict on what an environment lives on, whatever it runs as. What is not known is said to be unknown. */
export function vitalsOf(environment: string, measured: Measured): readonly Vital[] {
  const { components, jobs, disk, engineDisk, credentials, now } = measured;
  return [
    ...('value' in components
      ? components.value.flatMap((one) => ofComponent(environment, one, now))
      : [unknown('components', components)]),
    'value' in jobs ? ofQueue(environment, jobs.value) : unknown('queue', jobs),
    ...(disk ? ['value' in disk ? ofDisk(disk.value) : unknown('disk', disk)] : []),
    ...(engineDisk ? [ofEngineDisk(engineDisk)] : []),
    'value' in credentials ? ofCredentials(environment, credentials.value, now) : unknown('credentials', credentials),
  ];
}

function unknown(name: string, why: { readonly unknown: string; readonly hint?: string }): Vital {
  return { name, severity: 'unknown', detail: why.unknown, hint: why.hint ?? 'soundbite doctor' };
}

function ofComponent(environment: string, one: ComponentState, now: number): readonly Vital[] {
  const { component, as, release, serves, state, isWell, reason, restarts } = one;
  const hint = `soundbite logs ${environment}`;
  const times = restarts ? `, restarted ${restarts === 1 ? 'once' : `${restarts} times`}` : '';
  const detail = `${state}${reason && !isWell ? `: ${reason}` : ''}${times}`;
  // What is kept ready for a way back is told of only where that way is not there.
  if (!serves) {
    if (isWell) return [];
    const name = `${as} ${component} ${shortDigest(release)}`;
    return [{ name, severity: 'warning', detail: `${detail}; it is kept for a rollback`, hint: 'soundbite up' }];
  }
  const running: Vital = isWell
    ? { name: `${as} ${component}`, severity: 'well', detail }
    : { name: `${as} ${component}`, severity: 'bad', detail, hint };
  return [running, ofMemory(environment, one, now)];
}

function ofMemory(environment: string, one: ComponentState, now: number): Vital {
  const { component, as, oomKills, memory } = one;
  const name = `memory ${component}`;
  const { usedMiB, peakMiB, peakWithFilesMiB, limitMiB, reservedMiB } = memory;
  const more = `give ${component} more memory in the settings of ${environment}, and cut a release`;
  if (oomKills) return { name, ...ofKills(one, oomKills, now), hint: more };
  const most = peakMiB ?? usedMiB;
  if (most === null || limitMiB === null)
    return {
      name,
      severity: 'unknown',
      detail: most === null ? `nobody tells what its ${as} used${limit(limitMiB)}` : `${most} MiB, of no known limit`,
      hint: as === 'function' ? 'it is known once it was invoked in the last hour' : 'soundbite status',
    };
  const share = most / limitMiB;
  const what = peakMiB === null ? 'uses' : 'used at most';
  const files = peakWithFilesMiB === undefined ? '' : `, at most ${peakWithFilesMiB} with files that it read`;
  const reserved = reservedMiB ? `, ${percent(most / reservedMiB)} of ${reservedMiB} reserved` : '';
  const detail = `${what} ${most} of ${limitMiB} MiB (${percent(share)}${reserved})${files}`;
  return share >= scarceShare ? { name, severity: 'warning', detail, hint: more } : { name, severity: 'well', detail };
}

/** A kill counts against a component for a while, whatever became of it; then it is told, and judges nothing any more. */
function ofKills(
  { lastOomKill, memory: { limitMiB } }: ComponentState,
  times: number,
  now: number,
): Pick<Vital, 'severity' | 'detail'> {
  const most = limitMiB === null ? '' : `; its limit is ${limitMiB} MiB`;
  const killed = `it was killed for its memory ${times === 1 ? 'once' : `${times} times`}`;
  // One whose time nobody knows may just have been.
  if (lastOomKill === null) return { severity: 'bad', detail: `${killed}${most}` };
  const ago = now - Date.parse(lastOomKill);
  const last = `${killed}, last ${span(ago)} ago${most}`;
  return ago < killedCountsMs
    ? { severity: 'bad', detail: `${last}; that counts for ${span(killedCountsMs)}` }
    : { severity: 'warning', detail: `${last}; not since` };
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

const limit = (limitMiB: number | null) => (limitMiB === null ? '' : `, of ${limitMiB} MiB`);

function ofQueue(
  environment: string,
  { waiting, oldestSeconds }: { readonly waiting: number; readonly oldestSeconds: number | null },
): Vital {
  const name = 'queue';
  if (waiting === 0 && oldestSeconds === null) return { name, severity: 'well', detail: 'nothing waits' };
  const many = waiting === 0 ? 'nothing waits' : `${waiting} ${waiting === 1 ? 'job waits' : 'jobs wait'}`;
  const hint = `soundbite logs ${environment}`;
  if (oldestSeconds === null)
    return { name, severity: 'unknown', detail: `${many}; for how long the service does not say`, hint };
  // One that is worked on, or is to be tried again, waits for nobody: it counts by its age all the same.
  const since = `${Math.round(oldestSeconds)} s`;
  const detail =
    waiting === 0 ? `${many}; the oldest job is not done after ${since}` : `${many}, the oldest for ${since}`;
  if (oldestSeconds >= stuckJobSeconds) return { name, severity: 'bad', detail, hint };
  return oldestSeconds >= slowJobSeconds
    ? { name, severity: 'warning', detail, hint }
    : { name, severity: 'well', detail };
}

function ofEngineDisk(room: Measure<DiskRoom | null>): Vital {
  const name = 'engine disk';
  if (!('value' in room)) return unknown(name, room);
  const hint = 'docker system df shows what images and containers use';
  if (room.value === null) return { name, severity: 'unknown', detail: 'the engine is on another machine', hint };
  const found = ofDisk(room.value);
  return found.severity === 'well' ? { ...found, name } : { ...found, name, hint };
}

function ofDisk({ path, freeBytes, totalBytes }: DiskRoom): Vital {
  const name = 'disk';
  const detail = `${gigabytes(freeBytes)} of ${gigabytes(totalBytes)} free at ${path}`;
  if (freeBytes >= fewBytes) return { name, severity: 'well', detail };
  const hint = `make room: du -xsh ${path}/* shows what uses it`;
  return { name, severity: freeBytes < leastBytes ? 'bad' : 'warning', detail, hint };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

function ofCredentials(
  environment: string,
  { expiration }: { readonly expiration: number | null },
  now: number,
): Vital {
  const name = 'credentials';
  if (expiration === null) return { name, severity: 'well', detail: 'they do not expire' };
  const left = expiration - now;
  const hint = `renew them (aws sso login, or set AWS_PROFILE), then soundbite health ${environment}`;
  if (left <= 0) return { name, severity: 'bad', detail: `they expired ${span(-left)} ago`, hint };
  if (left < shortMs)
    return { name, severity: 'warning', detail: `they expire in ${span(left)}, and nothing renews them`, hint };
  return { name, severity: 'well', detail: `valid for ${span(left)}` };
}

const span = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);
