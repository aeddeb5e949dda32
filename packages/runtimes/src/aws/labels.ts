import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { type Digest, Digest as DigestSchema } from '@soundbite/model';

/** The release that a function's own configuration names: where it does, it is that release or none. SoundBite's own functions do. */
export function namedRelease({ Environment }: FunctionConfiguration): Digest | null {
  return digestIn(Environment?.Variables?.SOUNDBITE_RELEASE);
}

/** The release that a version says it is, or was published for: a label that anybody can copy, which only says where to look. */
export const labelOf = (found: FunctionConfiguration): Digest | null =>
  namedRelease(found) ?? (found.Version === latestVersion ? null : digestIn(found.Description));

/** What Lambda calls the function as it was deployed last, among its versions. */
export const latestVersion = '$LATEST';

const digestIn = (text: string | undefined): Digest | null => DigestSchema.safeParse(text).data ?? null;

/** What an alias's description begins with if it says for which releases it stands where it stands. */
const begin = 'releases';
/** A description has room for 256 characters. */
const atMost = 5;

/**
 * The description of an alias whose versions say of no release that they are its: the one that has the traffic, then others that have it, or had it and stay ready.
 * A version may be several releases', and of two with the same functions nothing else tells which one is live. The first is written for people, too.
 */
export function noteOf(releases: readonly Digest[]): string {
  const [main = '', ...others] = [...new Set(releases)].slice(0, atMost).map((digest) => digest.slice(prefix.length));
  return [begin, main, ...others.map((hex) => Buffer.from(hex, 'hex').toString('base64url'))].join(' ');
}

/** The releases that such a description names; of any other none. */
export function releasesIn(description = ''): readonly Digest[] {
  const [word, main = '', ...short] = description.split(' ');
  if (word !== begin) return [];
  const hex = [main, ...short.map((text) => Buffer.from(text, 'base64url').toString('hex'))];
  return hex.flatMap((one) => digestIn(`${prefix}${one}`) ?? []);
}

const prefix = 'sha256:';
