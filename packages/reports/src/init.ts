import { type Paint, plain, printable } from './text.ts';

/** What `soundbite init` wrote and left, and what comes next. */
export interface Initialised {
  readonly directory: string;
  readonly written: readonly string[];
  readonly left: readonly { readonly path: string; readonly why: readonly string[] }[];
}

export function initReport({ directory, written, left }: Initialised, paint: Paint = plain): string {
  return [
    ...written.map((name) => `${paint('good', '✓')} ${name}`),
    ...left.map(({ path, why }) =>
      printable(`${paint('warn', 'not promoted')} ${path}: ${why.join('; ') || 'see soundbite inspect'}`),
    ),
    '',
    'Read both, and commit them. Then, in the repository of SoundBite:',
    `  export SOUNDBITE_ROOT=${printable(directory)}`,
    '  ./scripts/soundbite.sh up',
  ].join('\n');
}
