import { policy, type Statement } from './bootstrap-statements.ts';

/** Characters that AWS takes of a managed policy, and of all inline policies of a role; white space does not count. */
export const managedLimit = 6_144;
export const inlineLimit = 10_240;
/** Managed policies that AWS attaches to a role unless a quota is raised. */
export const mostPolicies = 10;

/** Partitions and regions with long names: a policy that fits there fits everywhere. */
const places = [
  ['aws', 'ap-southeast-1'],
  ['aws-cn', 'cn-northwest-1'],
  ['aws-us-gov', 'us-gov-west-1'],
] as const;

/** The length of a policy in an account, at most. */
export function longestIn(document: unknown): number {
  const text = JSON.stringify(document, (_key, part) =>
    part && typeof part === 'object' && 'Fn::Sub' in part ? part['Fn::Sub'] : part,
  );
  const lengths = places.map(
    ([partition, region]) =>
      text
        .replaceAll(`\${AWS::Partition}`, partition)
        .replaceAll(`\${AWS::AccountId}`, '0'.repeat(12))
        .replaceAll(`\${AWS::Region}`, region).length,
  );
  return Math.max(...lengths);
}

/** Statements in as few policies as they fit into, in their order; one that is too long by itself becomes several. */
export function fitted(statements: readonly Statement[], limit: number): Statement[][] {
  const policies: Statement[][] = [];
  for (const statement of statements.flatMap((one) => shortened(one, limit))) {
    const last = policies.at(-1);
    if (last && longestIn(policy([...last, statement])) <= limit) last.push(statement);
    else policies.push([statement]);
  }
  return policies;
}

function shortened(statement: Statement, limit: number): Statement[] {
  const { Resource } = statement;
  if (Resource.length < 2 || longestIn(policy([statement])) <= limit) return [statement];
  const half = Math.ceil(Resource.length / 2);
  return [Resource.slice(0, half), Resource.slice(half)].flatMap((part) =>
    shortened({ ...statement, Resource: part }, limit),
  );
}
