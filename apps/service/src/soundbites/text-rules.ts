import { spokenSeconds } from '../wording/length.ts';
import { isSpeakable, spokenForm, unspeakable } from '../wording/spoken.ts';
import type { Speech } from './soundbite.ts';

/** What is wrong with a text, and where: the character's place in UTF-16 units from 0. */
export interface TextProblem {
  readonly message: string;
  readonly at?: { readonly index: number; readonly character: string; readonly codePoint: string };
}

/**
 * Seconds of sound for each second that a job may take. Flite needs 17 to 19 ms of a core for a second of sound, MP3 another 6:
 * what is estimated as just short enough takes half of a job's time as WAV, two thirds as MP3. Prose takes half of that, for it
 * is estimated at twice its length; the rest is for slower machines and for jobs beside it.
 */
const SOUND_PER_JOB_SECOND = 28;

/** What is so many times too long is not looked at: white space and invisible characters alone would not make it so. */
const MOST_SENT = 4;

/**
 * The rules for a text, in the order in which they are told; the first that is broken is.
 * @param most bytes of UTF-8 of its spoken form
 */
export function textProblem(text: string, most: number): TextProblem | undefined {
  if (text === '') return { message: 'is empty' };
  if (!text.isWellFormed()) return { message: 'has half of a surrogate pair in it' };
  if (text.includes('\0')) return { message: 'has a NUL character in it' };
  if (text.includes('\ufffd')) return { message: 'has U+FFFD in it: what stood there was lost on the way' };
  if (text.trim() === '') return { message: 'is blank' };
  const sent = Buffer.byteLength(text);
  if (sent > MOST_SENT * most) return { message: `is ${sent} bytes long in UTF-8; the most is ${most}` };
  const spoken = spokenForm(text);
  const bytes = Buffer.byteLength(spoken);
  if (bytes > most) return { message: tooLong(text, spoken, bytes, most) };
  const unspoken = unspeakableProblem(text);
  if (unspoken !== undefined || isSpeakable(spoken)) return unspoken;
  return { message: 'has no letter or digit that an English voice can say' };
}

/** What takes longer to say than a job can speak, is refused before it is accepted. */
export function lengthProblem(
  { text, voice, speed }: Pick<Speech, 'text' | 'voice' | 'speed'>,
  jobSeconds: number,
): TextProblem | undefined {
  const most = Math.floor(SOUND_PER_JOB_SECOND * jobSeconds);
  const seconds = Math.ceil(spokenSeconds(spokenForm(text), voice, speed));
  if (seconds <= most) return undefined;
  return { message: `would take up to ${seconds} s to say at speed ${speed}; the most is ${most} s: send it in parts` };
}

function tooLong(text: string, spoken: string, bytes: number, most: number): string {
  const how = spoken === text ? 'is' : 'is, in the words that are said for it,';
  return `${how} ${bytes} bytes long in UTF-8; the most is ${most}`;
}

function unspeakableProblem(text: string): TextProblem | undefined {
  const [first, ...more] = unspeakable(text);
  if (first === undefined) return undefined;
  const { index, character, codePoint, why } = first;
  const shown = /^[\p{C}\p{Z}\p{M}]/u.test(character) ? codePoint : `“${character}” (${codePoint})`;
  const others = more.length === 0 ? '' : `; ${more.length} more cannot be spoken`;
  const place = [...text.slice(0, index)].length + 1;
  return { message: `has ${shown} as character ${place}: ${why}${others}`, at: { index, character, codePoint } };
}
