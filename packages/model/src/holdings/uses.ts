import type { Template } from '../template.ts';
import { includes, permissionsOf } from '../template-permissions.ts';
import { allowedServices, awsManagedPolicies } from './allowed-services.ts';
import { allowedTypes } from './allowed-types.ts';

/** The actions that the roles of a template may do, as far as its types and the list of services allow them: a grant is given whole. */
export function usesIn(template: Template): string[] {
  const stated = statedIn(template);
  const isStated = (action: string) => stated.some((pattern) => includes(pattern, action.toLowerCase()));
  const uses = [
    ...usableWith(typesIn(template))
      .filter((actions) => actions.some(isStated))
      .flat(),
    ...allowedServices.filter(isStated),
  ];
  return [...new Set(uses)].sort();
}

/** Services (`kms`) that roles of a template name in vain: no type that is held, and nothing on the list, lets them use one. */
export function uselessServices(template: Template, held: ReadonlySet<string>): string[] {
  const possible = [...usableWith(held).flat(), ...allowedServices];
  const named = statedIn(template).map((pattern) => pattern.split(':')[0] ?? '');
  // A role that may write logs and has none to write to is none the worse.
  const known = new Set(['logs', ...possible.map((action) => action.split(':')[0])]);
  return [...new Set(named)].filter((service) => !service.includes('*') && !known.has(service)).sort();
}

/** CloudFormation's types of a template's resources. */
export const typesIn = (template: Template): ReadonlySet<string> =>
  new Set([...template.resources.values()].map(({ type }) => type));

const usableWith = (types: ReadonlySet<string>): (readonly string[])[] =>
  [...types].flatMap((type) => allowedTypes[type]?.use ?? []).map(({ actions }) => actions);

/** Patterns of actions that policies of roles state, in lower case. A statement of another form counts as stating all. */
function statedIn(template: Template): string[] {
  const allowing = permissionsOf(template).filter(
    ({ principal, effect }) => principal === 'role' && effect === 'Allow',
  );
  return allowing.flatMap(({ action, resource }) => {
    if (resource === 'managed policy') return statedByAws(action);
    return action.startsWith('$') ? ['*'] : [action.toLowerCase()];
  });
}

const statedByAws = (arn: string): string[] =>
  (awsManagedPolicies[arn.split('/').at(-1) ?? ''] ?? []).map((action) => action.toLowerCase());
