import { readFileSync } from 'node:fs';
import { holdingsIn, oversize, unmanageable } from '@soundbite/model';
import * as made from '@soundbite/model/bootstrap-policies.ts';
import { includes } from '@soundbite/model/template-permissions.ts';
import { expect, it } from 'vitest';
import { allStacks } from './testing-stacks.ts';

const { environments, templates } = allStacks();

/** The policies that every environment had before they followed from its stack, for `production`. */
const before = JSON.parse(
  readFileSync(new URL('../../tests/support/policies-of-before.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;

function policiesNow(name: string): Record<string, unknown> {
  const holdings = holdingsIn(templates[name]);
  return {
    execution: { Statement: made.executionPolicies(name, holdings).flatMap(({ document }) => document.Statement) },
    boundary: made.serviceBoundary(name, holdings),
    controller: made.controllerPolicy(name, holdings),
    deploy: made.deployPolicy(name, holdings),
    publishing: made.publishingPolicy(name),
    lookup: made.lookupPolicy(name, holdings),
    operators: made.operatorsBoundary(name),
  };
}

interface Single {
  readonly effect: string;
  readonly action: string;
  readonly resource: string;
  readonly condition: string;
}

/** A policy at its smallest: one action on one resource. */
function singles(policy: unknown): Single[] {
  const { Statement } = JSON.parse(
    JSON.stringify(policy, (_key, part) =>
      part && typeof part === 'object' && 'Fn::Sub' in part ? part['Fn::Sub'] : part,
    ),
  ) as {
    Statement: { Effect: string; Action?: string[]; NotAction?: string[]; Resource: string[]; Condition?: unknown }[];
  };
  return Statement.flatMap(({ Effect: effect, Action, NotAction, Resource, Condition }) =>
    (Action ?? (NotAction ?? []).map((action) => `all but ${action}`)).flatMap((action) =>
      Resource.map((resource) => ({ effect, action, resource, condition: JSON.stringify(Condition ?? null) })),
    ),
  );
}

const isIn = (wide: readonly Single[]) => (one: Single) =>
  wide.some(
    (other) =>
      other.effect === one.effect &&
      other.condition === one.condition &&
      includes(other.action, one.action) &&
      includes(other.resource, one.resource),
  );

const lines = (policies: Record<string, unknown>, than: Record<string, unknown>) =>
  Object.entries(policies).flatMap(([role, policy]) => {
    const known = isIn(singles(than[role]));
    return singles(policy).flatMap((one) =>
      known(one) ? [] : [`${role}: ${one.effect} ${one.action} ${one.resource}`],
    );
  });

it('what production’s stack holds gives the policies of before, and what is more or less is listed', () => {
  const now = policiesNow('production');
  const denials = lines(now, before).filter((line) => line.includes(': Allow'));
  // Rules and topics may call a component's alias only while a release is live: the controller permits it.
  const functions = ['api', 'worker'].map((name) => `:function:soundbite-production-${name}`);
  const permits = ['AddPermission', 'RemovePermission'].flatMap((action) =>
    functions.flatMap((name) => ['', ':*'].map((rest) => [action, `${name}${rest}`])),
  );
  expect(denials).toEqual(
    permits.map(
      ([action, of]) =>
        `controller: Allow lambda:${action} arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}${of}`,
    ),
  );
  expect(lines(before, now)).toEqual([
    // One alarm after the other, instead of all whose names begin so.
    `execution: Allow cloudwatch:* arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:soundbite/production/*`,
    // No role of the service states it.
    'boundary: Allow polly:DescribeVoices *',
  ]);
});

it.each(environments)('%s holds nothing that no bootstrap allows, and its policies fit', (name) => {
  expect(unmanageable(templates[name], name)).toEqual([]);
  const longest = 'a-longest-longest-longest-namex'.slice(0, 31);
  const renamed = JSON.parse(JSON.stringify(templates[name]).replaceAll(name, longest));
  expect(oversize(longest, holdingsIn(renamed))).toBeNull();
});

it('an environment without functions gets no rights over any', () => {
  expect(JSON.stringify(policiesNow('dev-aws').execution)).not.toMatch(/lambda:|apigateway:|events:/);
});
