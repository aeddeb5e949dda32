import { isPackaged } from '@soundbite/model/programs.ts';
import { type Paint, plain, printable } from './text.ts';

/** What `soundbite init` wrote and left, and what comes next. */
export interface Initialised {
  readonly directory: string;
  readonly written: readonly string[];
  /** A declaration that was there. */
  readonly kept: readonly string[];
  readonly left: readonly { readonly path: string; readonly why: readonly string[] }[];
}

/** The first service, as `soundbite init` wrote it into an empty repository. */
export interface FirstService {
  readonly directory: string;
  readonly written: readonly string[];
  /** Files that were there, and that say more now. */
  readonly extended: readonly string[];
}

export function firstServiceReport({ written, extended }: FirstService, paint: Paint = plain): string {
  return [
    ...written.map((name) => `${paint('good', '✓')} ${name}`),
    ...extended.map((name) => `${paint('good', '✓')} ${name}, with what the service needs besides`),
    '',
    'A function behind HTTP, its table, and a smoke that tries each new version. Next:',
    '  npm install',
    '  git add --all && git commit --message "The service"',
    '  ./scripts/soundbite.sh up',
  ].join('\n');
}

export function initReport({ directory, written, kept, left }: Initialised, paint: Paint = plain): string {
  return [
    ...written.map((name) => `${paint('good', '✓')} ${name}`),
    ...kept.map((name) => `${paint('dim', '·')} ${name} was there, and stays as it is`),
    ...left.map(({ path, why }) =>
      printable(`${paint('warn', 'not promoted')} ${path}: ${why.join('; ') || 'see soundbite inspect'}`),
    ),
    '',
    ...(isPackaged
      ? ['Read both, and commit them, with .soundbite/ in .gitignore. Then:']
      : [
          'Read both, and commit them. Then, in the repository of SoundBite:',
          `  export SOUNDBITE_ROOT=${printable(directory)}`,
        ]),
    '  ./scripts/soundbite.sh up',
  ].join('\n');
}
