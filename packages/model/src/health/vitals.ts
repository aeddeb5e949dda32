import type { ComponentState } from '../ports/runtime.ts';
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
  readonly disk?: Measure<{ readonly path: string; readonly freeBytes: number; readonly totalBytes: number }>;
  /** When the credentials end by which it is reached, in ms since 1970; null: they do not. */
  readonly credentials: Measure<{ readonly expiration: number | null }>;
  /** In ms since 1970. */
  readonly now: number;
}

/** A value, or why there is none. */
export type Measure<T> = { readonly value: T } | { readonly unknown: string; readonly hint?: string };

/** From this part of its limit on a component has little left. */
const scarceShare = 0.9;
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
  const { components, jobs, disk, credentials, now } = measured;
  return [
    ...('value' in components
      ? components.value.flatMap((one) => ofComponent(environment, one))
      : [unknown('components', components)]),
    'value' in jobs ? ofQueue(environment, jobs.value) : unknown('queue', jobs),
    ...(disk ? ['value' in disk ? ofDisk(disk.value) : unknown('disk', disk)] : []),
    'value' in credentials ? ofCredentials(environment, credentials.value, now) : unknown('credentials', credentials),
  ];
}

function unknown(name: string, why: { readonly unknown: string; readonly hint?: string }): Vital {
  return { name, severity: 'unknown', detail: why.unknown, hint: why.hint ?? 'soundbite doctor' };
}

function ofComponent(environment: string, one: ComponentState): readonly Vital[] {
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
  return [running, ofMemory(environment, one)];
}

function ofMemory(environment: string, { component, as, oomKills, memory }: ComponentState): Vital {
  const name = `memory ${component}`;
  const { usedMiB, peakMiB, limitMiB } = memory;
  const more = `give ${component} more memory in the settings of ${environment}, and cut a release`;
  if (oomKills)
    return {
      name,
      severity: 'bad',
      detail: `it was killed for its memory ${oomKills === 1 ? 'once' : `${oomKills} times`}${limitMiB === null ? '' : `; its limit is ${limitMiB} MiB`}`,
      hint: more,
    };
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
  const detail = `${what} ${most} of ${limitMiB} MiB (${Math.round(share * 100)} %)`;
  return share >= scarceShare ? { name, severity: 'warning', detail, hint: more } : { name, severity: 'well', detail };
}

const limit = (limitMiB: number | null) => (limitMiB === null ? '' : `, of ${limitMiB} MiB`);

function ofQueue(
  environment: string,
  { waiting, oldestSeconds }: { readonly waiting: number; readonly oldestSeconds: number | null },
): Vital {
  const name = 'queue';
  if (waiting === 0) return { name, severity: 'well', detail: 'nothing waits' };
  const many = `${waiting} ${waiting === 1 ? 'job waits' : 'jobs wait'}`;
  const hint = `soundbite logs ${environment}`;
  if (oldestSeconds === null)
    return { name, severity: 'unknown', detail: `${many}; for how long the service does not say`, hint };
  const detail = `${many}, the oldest for ${Math.round(oldestSeconds)} s`;
  if (oldestSeconds >= stuckJobSeconds) return { name, severity: 'bad', detail, hint };
  return oldestSeconds >= slowJobSeconds
    ? { name, severity: 'warning', detail, hint }
    : { name, severity: 'well', detail };
}

function ofDisk({
  path,
  freeBytes,
  totalBytes,
}: {
  readonly path: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}): Vital {
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
