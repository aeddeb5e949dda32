type Status = 'queued' | 'working' | 'ready' | 'failed';
export type Format = 'wav' | 'mp3';

/** What is to be said, and how. Two equal ones make the same audio on the same engine version. */
export interface Speech {
  readonly text: string;
  /** The words that are said for the text (wording/spoken.ts), where they differ from it. */
  readonly spoken?: string | undefined;
  /** One of our voices' names (engines/voices.ts). */
  readonly voice: string;
  readonly format: Format;
  /** 1 is the voice's own pace; 2 is twice as fast. */
  readonly speed: number;
}

/** Audio that exists in the bucket. */
export interface Audio {
  readonly key: string;
  readonly bytes: number;
  readonly seconds: number;
}

/** `pending` until the receiver answered 2xx (`delivered`), or every attempt was used up (`failed`). */
export type CallbackState = 'pending' | 'delivered' | 'failed';

/** One text that somebody wants to hear, from its acceptance to its audio. */
export interface Soundbite extends Speech {
  readonly id: string;
  readonly status: Status;
  /** Why it failed; only with status `failed`. */
  readonly reason?: string | undefined;
  readonly audio?: Audio | undefined;
  /** Digest of the speech that it makes, or shares its audio by; a rehearsal shares none. */
  readonly digest?: string | undefined;
  /** Id of the making that its audio is of; none while it has no audio, and none from versions before makings had ids. */
  readonly making?: string | undefined;
  /** Name and version of the engine that spoke it, e.g. `flite-2.3`. */
  readonly engine?: string | undefined;
  readonly callbackUrl?: string | undefined;
  readonly callback?: CallbackState | undefined;
  /** How many times making it was begun; how many times its callback was tried. */
  readonly attempts: number;
  readonly callbackAttempts: number;
  /** ISO times. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Epoch seconds after which it counts as gone. */
  readonly expiresAt: number;
  /** A rehearsal of a version that has no traffic yet: kept apart, never listed, never queued, never from the cache. */
  readonly rehearsal: boolean;
  /** Digest of the idempotency key that made it, so that deleting it frees the key. */
  readonly keyDigest?: string | undefined;
}

/** Nothing is left to do: neither audio to be made nor a callback to be delivered. */
export function isFinished(soundbite: Pick<Soundbite, 'status' | 'callback'>): boolean {
  return (soundbite.status === 'ready' || soundbite.status === 'failed') && soundbite.callback !== 'pending';
}

export const CONTENT_TYPES: Readonly<Record<Format, string>> = { wav: 'audio/wav', mp3: 'audio/mpeg' };
