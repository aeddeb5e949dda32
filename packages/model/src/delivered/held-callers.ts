import type { Caller } from '../inspect/triggers.ts';

/** Who calls for a kind of trigger whose calls are held back until a release is live. */
export const principalOf: Partial<Readonly<Record<Caller['kind'], string>>> = {
  eventbridge: 'events.amazonaws.com',
  schedule: 'events.amazonaws.com',
  sns: 'sns.amazonaws.com',
};

export const heldPrincipals: ReadonlySet<string> = new Set(Object.values(principalOf));
