import type { Target } from '@soundbite/model';
import { type AccountLook, isAsReleased } from './observe.ts';

interface Known {
  /** The revision of the account's configuration, and the stack by which it was looked at. */
  readonly by: string;
  readonly seen: AccountLook;
}

/**
 * What accounts were found to hold, for as long as they say that they are configured as they were then (`Target.configuration`). Where something was
 * amiss it is looked at again each time.
 */
export function accountMemory() {
  const known = new Map<string, Known>();
  return {
    of(target: Target): AccountLook | null {
      const found = known.get(target.environment.name);
      return target.configuration && found?.by === wordOf(target) ? found.seen : null;
    },
    keep(target: Target, seen: AccountLook): void {
      if (target.configuration && isAsReleased(seen)) known.set(target.environment.name, { by: wordOf(target), seen });
      else known.delete(target.environment.name);
    },
  };
}

const wordOf = ({ configuration, outputs, deployed }: Target): string =>
  JSON.stringify([configuration, deployed, outputs]);
