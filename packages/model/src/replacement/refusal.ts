import { SoundBiteError } from '../errors.ts';
import type { Removal } from '../template-changes.ts';

/** What would be taken away although nobody named it, or although it must stay. */
export const unnamed = (found: readonly Removal[], allowed: readonly string[]): Removal[] =>
  found.filter((one) => mustStay(one) || !allowed.includes(one.id));

/** Whether naming it does not help: CloudFormation itself would refuse it. */
export const mustStay = ({ what }: Pick<Removal, 'what'>): boolean => what === 'export';

/** The refusal of a deploy, from templates or from a change set: what it would take away, and the flags that name it, if they help. */
export function removalRefused(refused: readonly Removal[]): SoundBiteError {
  const what = refused.map(({ id, detail }) => `${id} (${detail})`).join('; ');
  const ids = [...new Set(refused.filter((one) => !mustStay(one)).map(({ id }) => id))];
  const flags = ids.map((id) => `--allow-removal ${JSON.stringify(id)}`).join(' ');
  return new SoundBiteError('removal-unnamed', `it would take away ${what}`, {
    hint: refused.some(mustStay)
      ? 'cut a release that keeps the export as it is and no longer imports it, promote that, then this one'
      : `if nothing that may come back needs it: ${flags}`,
  });
}
