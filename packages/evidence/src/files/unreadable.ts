import { SoundBiteError } from '@soundbite/model';

/** A file that is not what it should be. `line` is counted from 1. Nothing of it is kept. */
export function unreadable(problem: string, hint: string, line: number | null = null): SoundBiteError {
  // It may quote the file: what would move a reader's cursor is left out.
  const said = problem.replace(/\p{Cc}/gu, ' ');
  return new SoundBiteError('evidence-unreadable', line === null ? said : `line ${line}: ${said}`, {
    hint,
    ...(line === null ? {} : { line }),
  });
}

/** The line of a place in a text, from 1. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;
