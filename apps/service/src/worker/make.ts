import { setTimeout as sleep } from 'node:timers/promises';
import { engineVoice } from '../engines/kinds.ts';
import type { Parts } from '../parts.ts';
import { speechDigest } from '../soundbites/identity.ts';
import { type Audio, CONTENT_TYPES, type Soundbite } from '../soundbites/soundbite.ts';
import type { Outcome } from '../stores/soundbite-records.ts';
import { wordsOf } from '../wording/spoken.ts';

/** How often somebody else's making of the same audio is looked at. */
const LOOK_AGAIN_MS = 150;

/**
 * Makes an unfinished soundbite's audio, or finds what equal speech has already made, and says that it is ready. Harmless when
 * done twice: the object's key is its content, and only one `finish` holds.
 */
export async function make(parts: Parts, soundbite: Soundbite, signal: AbortSignal): Promise<void> {
  const { table, settings, engineKind } = parts;
  if (soundbite.rehearsal) {
    if (!(await table.begin(soundbite))) return;
    await table.finish(soundbite, await record(parts, soundbite, `rehearsal/${soundbite.id}`, signal));
    return;
  }
  const digest = speechDigest(soundbite, engineKind.version, engineVoice(engineKind, soundbite));
  const lease = { digest, seconds: settings.service.jobTimeoutSeconds };
  while (!(await table.begin(soundbite, lease))) {
    signal.throwIfAborted();
    const known = await table.audio(digest);
    if (known?.state === 'made') {
      const outcome = { audio: known.audio, engine: engineKind.version, digest, fresh: false };
      if (await table.finish(soundbite, outcome)) return;
    }
    const now = await table.soundbite(soundbite.id);
    if (now === undefined || now.status === 'ready' || now.status === 'failed') return;
    if (known?.state === 'making') await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
  try {
    const outcome = await record(parts, soundbite, `audio/${digest}`, signal);
    await table.finish(soundbite, { ...outcome, digest });
  } catch (error) {
    await table.releaseLease(digest, soundbite.id);
    throw error;
  }
}

/** Speaks and stores. */
async function record(parts: Parts, soundbite: Soundbite, name: string, signal: AbortSignal): Promise<Outcome> {
  const engine = await parts.engine();
  const { bytes, seconds } = await engine.speak({ ...soundbite, text: wordsOf(soundbite) }, signal);
  const audio: Audio = { key: `${name}.${soundbite.format}`, bytes: bytes.byteLength, seconds };
  await parts.bucket.put(audio.key, bytes, CONTENT_TYPES[soundbite.format]);
  return { audio, engine: parts.engineKind.version, fresh: true };
}
