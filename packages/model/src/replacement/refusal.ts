import { SoundBiteError } from '../errors.ts';
import type { Removal } from '../template-changes.ts';

/** What would be taken away although nobody named it. */
export const unnamed = (found: readonly Removal[], allowed: readonly string[]): Removal[] =>
  found.filter(({ id }) => !allowed.includes(id));

/** The refusal of a deploy, from templates or from a change set: what it would take away, and the flags that name it. */
export function removalRefused(refused: readonly Removal[]): SoundBiteError {
  const what = refused.map(({ id, detail }) => `${id} (${detail})`).join('; ');
  const ids = [...new Set(refused.map(({ id }) => id))];
  const flags = ids.map((id) => `--allow-removal ${JSON.stringify(id)}`).join(' ');
  return new SoundBiteError('removal-unnamed', `it would take away ${what}`, {
    hint: `if nothing that may come back needs it: ${flags}`,
  });
}
