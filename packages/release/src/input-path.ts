import { SoundBiteError } from '@soundbite/model';

/** A path below the inputs that no release can be made of; `path` names it. */
export function inputInvalid(path: string, what: string, hint: string, cause?: unknown): SoundBiteError {
  return new SoundBiteError('input-invalid', `${shown(path)} ${what}`, {
    hint,
    path,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The text of a name. Error: `input-invalid` for a name that is not UTF-8, which JSON could not hold. */
export function utf8(name: Buffer, directory = ''): string {
  const text = name.toString('utf8');
  if (Buffer.from(text).equals(name)) return text;
  const path = directory ? `${directory}/${text}` : text;
  throw inputInvalid(path, `is not named in UTF-8 (its bytes are ${name.toString('hex')})`, 'rename it');
}

/** A path on one line, whatever characters it has. */
export const shown = (path: string): string => (/\p{Cc}/u.test(path) ? JSON.stringify(path) : path);
