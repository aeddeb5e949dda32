import { setTimeout as sleep } from 'node:timers/promises';
import { engineVoice } from '../engines/kinds.ts';
import type { ServiceParts } from '../parts.ts';
import { attemptKey } from '../soundbites/audio-keys.ts';
import { newMaking, speechDigest } from '../soundbites/identity.ts';
import { bury } from '../soundbites/litter.ts';
import { type Audio, CONTENT_TYPES, type Soundbite } from '../soundbites/soundbite.ts';
import type { Lease } from '../stores/audio-records.ts';
import { wordsOf } from '../wording/spoken.ts';

/** What making needs; a part of all parts, so that it can be tried without the rest. */
export type MakerParts = Pick<ServiceParts, 'table' | 'bucket' | 'engine' | 'engineKind' | 'settings'>;

/**
 * How long a job waits for a speaker before it makes room: its message comes again. Short, for it is added to the time that a
 * job may take, also in the timeout of the function (workerTimeoutSeconds in cdk/lib/data.ts) and of a process's end.
 */
const MOST_WAIT_SECONDS = 5;

/** Seconds that an attempt may take in all: waiting for a speaker does not shorten its making. */
export function attemptSeconds({ settings }: Pick<ServiceParts, 'settings'>): number {
  return settings.service.jobTimeoutSeconds + MOST_WAIT_SECONDS;
}

/** How often somebody else's making of the same audio is looked at. */
const LOOK_AGAIN_MS = 150;

/**
 * Makes an unfinished soundbite's audio, or finds what equal speech has already made, and says that it is ready. Harmless when
 * done twice: each attempt has an object of its own, only one `finish` holds, and the others remove theirs.
 */
export async function make(parts: MakerParts, soundbite: Soundbite, signal: AbortSignal): Promise<void> {
  if (soundbite.rehearsal) return rehearse(parts, soundbite, signal);
  const { engineKind, table } = parts;
  const digest = speechDigest(soundbite, engineKind.version, engineVoice(engineKind, soundbite));
  for (;;) {
    const lease: Lease = { digest, making: newMaking(), seconds: attemptSeconds(parts) };
    const done = (await table.begin(soundbite, lease))
      ? await publish(parts, soundbite, lease, signal)
      : await share(parts, soundbite, digest, signal);
    if (done) return;
    const now = await table.soundbite(soundbite.id);
    if (now === undefined || now.status === 'ready' || now.status === 'failed') return;
    signal.throwIfAborted();
  }
}

/** Makes audio under a lease. False when the soundbite or the lease was lost meanwhile: then nothing of it is left. */
async function publish(parts: MakerParts, soundbite: Soundbite, lease: Lease, signal: AbortSignal): Promise<boolean> {
  const key = attemptKey(soundbite, lease.making);
  let done = false;
  try {
    const audio = await record(parts, soundbite, key, signal);
    const engine = parts.engineKind.version;
    done = await parts.table.finish(soundbite, { audio, engine, shared: lease, fresh: true });
    return done;
  } finally {
    if (!done) await withdraw(parts, soundbite, lease, key);
  }
}

/**
 * Removes what an attempt has left that did not end well. Its lease goes first: without it nothing is published any more, not
 * even by a write whose answer got lost. When the lease is gone already, it may have been published all the same.
 */
async function withdraw({ table, bucket }: MakerParts, { id }: Soundbite, lease: Lease, key: string): Promise<void> {
  if (!(await table.releaseLease(lease.digest, lease.making))) {
    const known = await table.audio(lease.digest);
    if (known !== undefined && known.state !== 'making' && known.making === lease.making) return;
    if ((await table.soundbite(id))?.making === lease.making) return;
  }
  await bucket.delete(key);
}

/** Shares the audio that equal speech has, or waits a little for it. True when the soundbite is ready by it. */
async function share(parts: MakerParts, soundbite: Soundbite, digest: string, signal: AbortSignal): Promise<boolean> {
  const { table, engineKind } = parts;
  const known = await table.audio(digest);
  if (known?.state === 'made') {
    const { audio, making } = known;
    return table.finish(soundbite, { audio, engine: engineKind.version, shared: { digest, making }, fresh: false });
  }
  if (known?.state === 'spent') await bury(parts, digest, known.making);
  if (known?.state === 'making') await sleep(LOOK_AGAIN_MS, undefined, { signal });
  return false;
}

async function rehearse(parts: MakerParts, soundbite: Soundbite, signal: AbortSignal): Promise<void> {
  const { table, engineKind } = parts;
  if (!(await table.begin(soundbite))) return;
  const key = `rehearsal/${soundbite.id}.${soundbite.format}`;
  const audio = await record(parts, soundbite, key, signal);
  if (await table.finish(soundbite, { audio, engine: engineKind.version, fresh: true })) return;
  if ((await table.soundbite(soundbite.id)) === undefined) await parts.bucket.delete(key);
}

/** Speaks and stores. */
async function record(parts: MakerParts, soundbite: Soundbite, key: string, signal: AbortSignal): Promise<Audio> {
  const engine = await parts.engine();
  // Whoever rehearses waits for his turn: he has one attempt.
  const patienceMs = soundbite.rehearsal ? undefined : MOST_WAIT_SECONDS * 1000;
  const { bytes, seconds } = await engine.speak({ ...soundbite, text: wordsOf(soundbite) }, signal, patienceMs);
  signal.throwIfAborted(); // who was held up has lost its lease, and stores nothing
  await parts.bucket.put(key, bytes, CONTENT_TYPES[soundbite.format]);
  return { key, bytes: bytes.byteLength, seconds };
}
