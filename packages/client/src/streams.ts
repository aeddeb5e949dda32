import { setTimeout as pause } from 'node:timers/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { isFinal } from '@soundbite/model/promotion.ts';
import type { z } from 'zod';
import { type Asker, type Connection, isNobody, persist, query } from './asker.ts';
import { logResumption } from './log-resumption.ts';
import { patienceOf } from './patience.ts';
import { EventLine, LogLine, PromotionView, UpLine, type UpRequest } from './schemas.ts';
import { lines } from './transport.ts';

/** How long the control plane may keep a long poll, in ms. */
const pollMs = 25_000;
/** Pause before a broken stream is requested again, in ms. */
const breakMs = 250;

/** Every change of a promotion, from its present state to its end; survives a restart of the control plane. */
export async function* watchPromotion(
  connection: Connection,
  { get }: Asker,
  id: string,
  signal?: AbortSignal,
): AsyncGenerator<PromotionView, void, undefined> {
  let seen: number | undefined;
  for (;;) {
    const path = `/v1/promotions/${encodeURIComponent(id)}${query({ waitMs: seen === undefined ? undefined : pollMs, seen })}`;
    const view = await persist(connection, () => get(path, PromotionView, signal), signal);
    if (view.revision !== seen) yield view;
    if (isFinal(view.state)) return;
    seen = view.revision;
  }
}

/** Progress, then the status. `up` asks for nothing twice, so it is asked for again when the control plane went away on the way. */
export async function* up(
  connection: Connection,
  request: z.input<typeof UpRequest>,
  signal?: AbortSignal,
): AsyncGenerator<UpLine, void, undefined> {
  const mayAgain = (error: unknown, attempt: number) => !isNobody(error, attempt);
  for await (const line of reopened(connection, () => untilResult(connection, request, signal), mayAgain, signal)) {
    yield line;
    if (!('text' in line)) return;
  }
}

async function* untilResult(connection: Connection, body: z.input<typeof UpRequest>, signal?: AbortSignal) {
  yield* lines(connection, { method: 'POST', path: '/v1/up', body, signal }, UpLine);
  throw new SoundBiteError('connection-lost', 'the control plane stopped before it reported its result', {
    hint: './scripts/soundbite.sh up continues where it stopped',
  });
}

export interface LogsOptions {
  /** In ms since 1970. */
  readonly sinceMs: number;
  readonly follow: boolean;
  readonly signal?: AbortSignal;
}

/** Log lines since `sinceMs`; with `follow` it continues until `signal`, across restarts of the control plane. */
export async function* logs(
  connection: Connection,
  environment: string,
  { sinceMs, follow, signal }: LogsOptions,
): AsyncGenerator<LogLine, void, undefined> {
  const resume = logResumption(sinceMs);
  const open = () => {
    const path = `/v1/environments/${encodeURIComponent(environment)}/logs${query({ since: resume.again(), follow })}`;
    return lines(connection, { method: 'GET', path, signal }, LogLine);
  };
  if (!follow) return yield* open();
  for await (const line of reopened(connection, open, () => true, signal)) if (resume.isNew(line)) yield line;
}

export interface EventsOptions {
  /** The sequence of the last event that is known; from now on when absent. */
  readonly after?: number;
  /** False ends with what has happened; true when absent. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * What changes, until `signal`, across restarts of the control plane: none left out, none twice. A `begun` comes first, again after an `away`, and again with `reset` where all that is known
 * is of another time.
 */
export async function* events(
  connection: Connection,
  { after, follow = true, signal }: EventsOptions = {},
): AsyncGenerator<EventLine, void, undefined> {
  let position = after;
  const open = () => {
    const path = `/v1/events${query({ after: position, follow })}`;
    return lines(connection, { method: 'GET', path, signal }, EventLine);
  };
  if (!follow) return yield* open();
  const mayAgain = (error: unknown, attempt: number) => !isNobody(error, attempt);
  let said: EventLine | null = null;
  for await (const line of reopened(connection, () => orAway(open()), mayAgain, signal)) {
    // A stream that only went on says nothing new.
    const isNew = line.kind === 'begun' ? line.reset || said?.kind !== 'begun' : line.kind !== said?.kind;
    if ('sequence' in line) position = line.sequence;
    if (line.kind === 'begun' || line.kind === 'away') said = line;
    if (isNew || 'subject' in line) yield line;
  }
}

/** Who cannot be let in, because the database is away that knows them, hears that as whoever is in. */
async function* orAway(opened: AsyncIterable<EventLine>): AsyncGenerator<EventLine, void, undefined> {
  try {
    yield* opened;
  } catch (error) {
    if (!(error instanceof SoundBiteError) || error.code !== 'database-down') throw error;
    yield { kind: 'away', since: new Date().toISOString() };
  }
}

/** The lines of a stream, which is reopened after it broke or ended, as long as the patience lasts. */
async function* reopened<T>(
  connection: Connection,
  open: () => AsyncIterable<T>,
  mayAgain: (error: unknown, attempt: number) => boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, never, undefined> {
  const left = patienceOf(connection.patienceMs);
  for (let attempt = 0; ; attempt++) {
    try {
      for await (const line of open()) {
        left.heard();
        yield line;
      }
    } catch (error) {
      if (!mayAgain(error, attempt) || !left.outlasts(error)) throw error;
      connection.onReconnect?.(error);
    }
    await pause(breakMs, undefined, signal === undefined ? {} : { signal });
    left.begins(breakMs);
  }
}
