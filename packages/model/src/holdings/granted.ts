import { allow, type Statement, sub } from '../bootstrap-statements.ts';
import { includes } from '../template-permissions.ts';
import type { AllowedType, Grant } from './allowed-type.ts';
import { allowedTypes } from './allowed-types.ts';
import { regional } from './arns.ts';
import { resolvedName } from './held-names.ts';
import type { Holding, Holdings } from './holdings.ts';

/** Who is given something for the sake of what a stack holds. */
export type Party = 'manage' | 'use' | 'look' | 'control' | 'deploy';

/** Services that run with a role of the stack, besides Lambda, by the type of what they run. */
const takers = [
  ['AWS::CodeDeploy::DeploymentGroup', 'codedeploy'],
  ['AWS::Scheduler::Schedule', 'scheduler'],
] as const;

/** Statements that let a party do what a stack's holdings need. Grants of the same actions are one statement, and those on the same resources. */
export function granted(party: Party, holdings: Holdings, environment: string, boundary: unknown): Statement[] {
  const all = holdings.types.flatMap((type) => {
    const row = allowedTypes[type];
    return row ? grantsOf(party, type, row, holdings, environment) : [];
  });
  const passedTo =
    party === 'manage' ? takers.flatMap(([type, service]) => (holdings.types.includes(type) ? [service] : [])) : [];
  const conditionOf = ({ when, ofFunctions }: Resolved): unknown =>
    when === 'bounded'
      ? { StringEquals: { 'iam:PermissionsBoundary': boundary } }
      : when === 'passed'
        ? {
            StringEquals: {
              'iam:PassedToService': listed(['lambda', ...passedTo].map((one) => `${one}.amazonaws.com`)),
            },
          }
        : when === 'of'
          ? { StringLike: { 'lambda:FunctionArn': ofFunctions.map(sub) } }
          : undefined;
  return merged(all).map((one) =>
    allow(
      one.actions,
      one.on.map((arn) => (arn === '*' ? arn : sub(arn))),
      conditionOf(one),
    ),
  );
}

interface Resolved extends Grant {
  /** The functions that a condition names. */
  readonly ofFunctions: readonly string[];
}

function grantsOf(party: Party, type: string, row: AllowedType, holdings: Holdings, environment: string): Resolved[] {
  const grants = (row[party] ?? []).filter(
    ({ actions }) => party !== 'use' || actions.some((action) => holdings.uses.includes(action)),
  );
  if (row.name === undefined && row.of === undefined) return grants.map((grant) => ({ ...grant, ofFunctions: [] }));
  const held = holdings.resources.filter((one) => one.type === type);
  return held.flatMap((holding) => grants.flatMap((grant) => resolvedGrant(grant, holding, holdings, environment)));
}

function resolvedGrant(grant: Grant, holding: Holding, holdings: Holdings, environment: string): Resolved[] {
  const name = resolvedName(holding, holdings, environment);
  const owner = holdings.resources.find(({ id }) => id === holding.of);
  const of = owner ? resolvedName(owner, holdings, environment) : null;
  if (name === null || ((grant.when === 'of' || grant.on.some((arn) => arn.includes('{of}'))) && of === null))
    return [];
  const on = grant.on.map((arn) =>
    arn
      .replaceAll('{name}', name)
      .replaceAll('{/name}', name.startsWith('/') ? name : `/${name}`)
      .replaceAll('{of}', of ?? ''),
  );
  // With or without a version or alias; never one whose name only begins alike.
  const ofFunctions = grant.when === 'of' ? ['', ':*'].map((rest) => regional('lambda', `function:${of}${rest}`)) : [];
  return [{ ...grant, on, ofFunctions }];
}

/** Same actions under the same condition: one statement on all their resources. Then the same resources: one statement of all their actions. */
function merged(all: readonly Resolved[]): Resolved[] {
  const byActions = Map.groupBy(all, ({ actions, when, on }) => JSON.stringify([actions, when, on[0] === '*']));
  const wide = [...byActions.values()].map((same) => joined(same, same[0]?.actions ?? []));
  const byResources = Map.groupBy(wide, ({ on, when, ofFunctions }) => JSON.stringify([on, when, ofFunctions]));
  return [...byResources.values()].map((same) => joined(same, unique(same.flatMap(({ actions }) => actions))));
}

const joined = (same: readonly Resolved[], actions: readonly string[]): Resolved => ({
  ...same[0],
  actions,
  on: outermost(unique(same.flatMap(({ on }) => on))),
  ofFunctions: unique(same.flatMap(({ ofFunctions }) => ofFunctions)),
});
/** Without what another one matches: AWS counts the characters. */
const outermost = (list: readonly string[]): string[] =>
  list.filter((one) => !list.some((other) => other !== one && includes(other, one)));
const unique = (list: readonly string[]): string[] => [...new Set(list)];
const listed = (list: readonly string[]) => (list.length === 1 ? list[0] : list);
