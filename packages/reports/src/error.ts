import type { ErrorDocument } from '@soundbite/model/errors.ts';
import { type Paint, plain, printable } from './text.ts';

/** `error: <message>` and its hint on a line of its own. A message of several lines (all problems of a declaration) keeps them. */
export function errorReport({ message, hint }: ErrorDocument, paint: Paint = plain): string {
  const lines = printable(message).split('\n');
  const head = `${paint('bad', 'error:')} ${lines.join('\n       ')}`;
  return hint ? `${head}\n    → ${printable(hint)}` : head;
}
