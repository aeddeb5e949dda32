/** What a token may be for. */
export const roleNames = ['viewer', 'deployer', 'approver', 'admin'] as const;
export type RoleName = (typeof roleNames)[number];

/**
 * What can be asked for, and the roles that may. look: reads change nothing. deliver: cut, promote, roll back, abort, serve from source, bring evidence.
 * decide: say yes or no to a promotion. administer: tokens, accounts, and what cannot be undone.
 */
export const actions = {
  look: ['viewer', 'deployer', 'approver', 'admin'],
  deliver: ['deployer', 'admin'],
  decide: ['approver', 'admin'],
  administer: ['admin'],
} as const satisfies Readonly<Record<string, readonly RoleName[]>>;

export type Action = keyof typeof actions;

/** Who asks: what a token says. */
export interface Actor {
  /** As records name it: the person, else the token. */
  readonly name: string;
  /** The token's name; null: the home's own secret. */
  readonly token: string | null;
  /** Whose token it is, by e-mail; null: a program’s. */
  readonly person: string | null;
  readonly role: RoleName;
  /** Where the role holds; empty: everywhere. */
  readonly environments: readonly string[];
}

/** Where something is asked for: in these environments, or in none in particular. */
export type Places = readonly string[];

/**
 * Whether somebody may. A role that holds in some environments looks everywhere, and delivers what no environment is named for (a release, evidence);
 * what it administers has to be in these.
 */
export function isAllowed(actor: Pick<Actor, 'role' | 'environments'>, action: Action, places: Places): boolean {
  if (!(actions[action] as readonly RoleName[]).includes(actor.role)) return false;
  if (action === 'look' || actor.environments.length === 0) return true;
  if (places.length === 0) return action !== 'administer';
  return places.every((place) => actor.environments.includes(place));
}

/** Why somebody may not, and who may. */
export function forbiddenWords(
  actor: Pick<Actor, 'name' | 'role' | 'environments'>,
  action: Action,
  places: Places,
): string {
  const where = places.length === 0 ? '' : ` in ${places.join(', ')}`;
  const here = actor.environments.length === 0 ? '' : ` in ${actor.environments.join(', ')}`;
  return `${actor.name} is ${actor.role}${here}; only ${actions[action].join(' or ')} may ${action}${where}`;
}
