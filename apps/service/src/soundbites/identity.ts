import { createHash, randomBytes } from 'node:crypto';
import { wordsOf } from '../wording/spoken.ts';
import type { Speech } from './soundbite.ts';

/** A UUIDv7 (RFC 9562): sorts by the time of its making, so that a soundbite's id is also its place in the list. */
export function newSoundbiteId(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** An id of one attempt at making audio. */
export function newMaking(): string {
  return randomBytes(8).toString('hex');
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a text has the form of an id that `newSoundbiteId` makes. */
export function isId(text: string): boolean {
  return ID.test(text);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * The digest that names audio by what it is made from: the words that are said, the engine's version and voice, format and speed.
 * A list, not an object: the order is fixed by the code. `speech-3`: its record names its making; versions before that have
 * records of their own, so that neither counts the other's shares.
 */
export function speechDigest(speech: Speech, engine: string, engineVoice: string): string {
  return sha256(JSON.stringify(['speech-3', engine, engineVoice, speech.format, speech.speed, wordsOf(speech)]));
}
