import { engineVoice } from '../engines/kinds.ts';
import type { ServiceParts } from '../parts.ts';
import type { Settings } from '../settings.ts';
import type { IdempotencyClaim } from '../stores/soundbite-records.ts';
import { spokenForm } from '../wording/spoken.ts';
import { FIRST_SWEEP_MS } from '../worker/sweep.ts';
import { newSoundbiteId, sha256, speechDigest } from './identity.ts';
import { writeMessage } from './message.ts';
import type { Soundbite, Speech } from './soundbite.ts';

const DAY_SECONDS = 86_400;
const REHEARSAL_SECONDS = 3_600;

/** A request that was found to be good. */
export interface Order extends Speech {
  readonly callbackUrl?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** Whose keys these are: two callers may use the same one. */
  readonly principal: string;
  readonly rehearsal: boolean;
}

export type Acceptance =
  | { readonly kind: 'accepted'; readonly soundbite: Soundbite }
  /** The same key and body as before: the same soundbite. */
  | { readonly kind: 'known'; readonly soundbite: Soundbite }
  | { readonly kind: 'key-reused' }
  /** Others were quicker each time: to be tried again. */
  | { readonly kind: 'contended' };

/**
 * Accepts an order: writes it down, then sends its message. A message that cannot be sent does no harm: the sweep will send it.
 * Speech that was made before is ready at once.
 */
export async function accept(parts: ServiceParts, order: Order): Promise<Acceptance> {
  const claim = claimOf(parts, order);
  for (let attempt = 1; attempt <= 3; attempt++) {
    const [known, made] = await Promise.all([earlier(parts, claim), madeEarlier(parts, order)]);
    if (known !== undefined) return known;
    const soundbite = soundbiteOf(parts, order, claim, made);
    if (await parts.table.accept(soundbite, parts.now() + FIRST_SWEEP_MS, claim)) {
      if (soundbite.status === 'queued' && !order.rehearsal) await send(parts, soundbite);
      return { kind: 'accepted', soundbite };
    }
    // Another request was quicker with the same key, or the audio has just gone: look again.
  }
  return { kind: 'contended' };
}

function claimOf({ settings, now }: ServiceParts, order: Order): IdempotencyClaim | undefined {
  const { idempotencyKey, principal, rehearsal, text, voice, format, speed, callbackUrl } = order;
  if (idempotencyKey === undefined) return undefined;
  return {
    keyDigest: sha256(JSON.stringify([principal, rehearsal, idempotencyKey])),
    bodyDigest: sha256(JSON.stringify([text, voice, format, speed, callbackUrl ?? null])),
    expiresAt: Math.floor(now() / 1000) + Math.min(lifeOf(settings, rehearsal), DAY_SECONDS),
  };
}

async function earlier({ table }: ServiceParts, claim: IdempotencyClaim | undefined): Promise<Acceptance | undefined> {
  const known = claim && (await table.idempotency(claim.keyDigest));
  if (known === undefined) return undefined;
  if (known.bodyDigest !== claim?.bodyDigest) return { kind: 'key-reused' };
  const soundbite = await table.soundbite(known.id);
  return soundbite && { kind: 'known', soundbite };
}

type Made = Pick<Soundbite, 'audio' | 'engine' | 'digest' | 'making'>;

/** Audio of equal speech. With a callback there is work for the worker, which will find the audio too. */
async function madeEarlier({ table, engineKind }: ServiceParts, order: Order): Promise<Made | undefined> {
  if (order.rehearsal || order.callbackUrl !== undefined) return undefined;
  const digest = speechDigest(order, engineKind.version, engineVoice(engineKind, order));
  const known = await table.audio(digest);
  if (known?.state !== 'made') return undefined;
  return { audio: known.audio, engine: engineKind.version, digest, making: known.making };
}

function soundbiteOf(
  parts: ServiceParts,
  order: Order,
  claim: IdempotencyClaim | undefined,
  made: Made | undefined,
): Soundbite {
  const { text, voice, format, speed, callbackUrl, rehearsal } = order;
  const spoken = spokenForm(text);
  const now = parts.now();
  const at = new Date(now).toISOString();
  return {
    id: newSoundbiteId(now),
    status: made === undefined ? 'queued' : 'ready',
    text,
    ...(spoken === text ? {} : { spoken }),
    voice,
    format,
    speed,
    ...made,
    callbackUrl,
    callback: callbackUrl === undefined ? undefined : 'pending',
    attempts: 0,
    callbackAttempts: 0,
    createdAt: at,
    updatedAt: at,
    expiresAt: Math.floor(now / 1000) + lifeOf(parts.settings, rehearsal),
    rehearsal,
    keyDigest: claim?.keyDigest,
  };
}

/** Seconds that a soundbite is kept; no key outlives it. */
function lifeOf({ service }: Settings, rehearsal: boolean): number {
  return rehearsal ? REHEARSAL_SECONDS : Math.ceil(service.retentionDays * DAY_SECONDS);
}

async function send({ queue, log }: ServiceParts, { id }: Soundbite): Promise<void> {
  try {
    await queue.send(writeMessage(id));
  } catch (error) {
    log.warn({ error, soundbite: id }, 'accepted, but the queue did not take its message: the sweep will send it');
  }
}
