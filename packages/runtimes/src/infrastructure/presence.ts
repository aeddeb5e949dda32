import type { StackMember } from '@soundbite/model';
import { asList, asRecord, readTemplate } from '@soundbite/model/template.ts';
import type { Eyes } from './eyes.ts';
import { looks, type Sought } from './looks.ts';

/** The property by which a resource says in which other one it lives: it goes, and comes, with that one. */
const containers: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Authorizer': 'ApiId',
  'AWS::ApiGatewayV2::Integration': 'ApiId',
  'AWS::ApiGatewayV2::Route': 'ApiId',
  'AWS::ApiGatewayV2::Stage': 'ApiId',
  'AWS::Lambda::Alias': 'FunctionName',
  'AWS::Lambda::Permission': 'FunctionName',
  'AWS::Lambda::Version': 'FunctionName',
  'AWS::S3::BucketPolicy': 'Bucket',
  'AWS::SNS::TopicPolicy': 'Topics',
  'AWS::SQS::QueuePolicy': 'Queues',
};

/** The logical id of the resource that each resource of a template lives in. */
function containersIn(template: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { id, type, properties } of readTemplate(template).resources.values()) {
    const [value] = asList(properties[containers[type] ?? '']);
    const { Ref, 'Fn::GetAtt': attribute } = asRecord(value);
    const parent = Ref ?? asList(attribute)[0];
    if (typeof parent === 'string') found.set(id, parent);
  }
  return found;
}

/**
 * The members of a stack (of these types, or all) that are in the account no more, and those that lived in one of them; in the stack's order.
 * `found`: logical ids of members that were just seen there; they are not looked for once more.
 */
export async function missingOf(
  eyes: Eyes,
  template: unknown,
  members: readonly StackMember[],
  { types, found }: { readonly types?: ReadonlySet<string> | undefined; readonly found?: ReadonlySet<string> } = {},
): Promise<StackMember[]> {
  const containerOf = containersIn(template);
  const physical = new Map(members.map(({ id, physicalId }) => [id, physicalId]));
  const chosen = types ? members.filter(({ type }) => types.has(type)) : members;
  const unseen = chosen.filter(({ id }) => !found?.has(id));
  const byType = Map.groupBy(unseen, ({ type }) => type);
  const gone = new Set<string>();
  await Promise.all(
    [...byType].map(async ([type, list]) => {
      const sought = list.map(
        ({ id, physicalId }): Sought => ({ physicalId, within: physical.get(containerOf.get(id) ?? '') }),
      );
      const there = await looks[type]?.(eyes, sought);
      list.forEach(({ id }, at) => {
        if (there?.[at] === false) gone.add(id);
      });
    }),
  );
  const wentWith = (id: string | undefined): boolean =>
    id !== undefined && (gone.has(id) || wentWith(containerOf.get(id)));
  return chosen.filter(({ id }) => wentWith(id));
}
