import type { StackMember } from '@soundbite/model';
import { asList, asRecord, type Resource, readTemplate, type Template } from '@soundbite/model/template.ts';
import { type Exports, textWithImports } from './exports.ts';
import type { Eyes } from './eyes.ts';
import { looks, type Sought } from './looks.ts';

/** The property by which a resource says in which other one it lives: it goes, and comes, with that one. */
const containers: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Deployment': 'RestApiId',
  'AWS::ApiGateway::Method': 'RestApiId',
  'AWS::ApiGateway::Resource': 'RestApiId',
  'AWS::ApiGateway::Stage': 'RestApiId',
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

/** Is found by its own id alone. */
const foundAlone: ReadonlySet<string> = new Set(['AWS::Lambda::Alias']);

/** What each resource of a template lives in: a resource of its stack (its logical id), or one of another stack (as that exports it). */
interface Containers {
  readonly here: ReadonlyMap<string, string>;
  readonly elsewhere: ReadonlyMap<string, string>;
}

function containersIn({ resources }: Template, exports: Exports): Containers {
  const here = new Map<string, string>();
  const elsewhere = new Map<string, string>();
  for (const { id, type, properties } of resources.values()) {
    const given = properties[containers[type] ?? ''];
    const value = Array.isArray(given) ? given[0] : given;
    const parent = namedIn(value);
    if (parent !== null && resources.has(parent)) here.set(id, parent);
    // A name that the template spells out may be a stranger's, at which nobody here may look.
    const named = typeof value === 'string' ? undefined : textWithImports(value, exports);
    if (named !== undefined) elsewhere.set(id, named);
  }
  return { here, elsewhere };
}

interface MissingLook {
  readonly types?: ReadonlySet<string> | undefined;
  readonly found?: ReadonlySet<string>;
  /** What the environment's stacks export; without it, what lives in a resource of another stack is not looked for. */
  readonly exports?: Exports;
}

/** The logical id of the resource that an expression names. */
function namedIn(value: unknown): string | null {
  const { Ref, 'Fn::GetAtt': attribute } = asRecord(value);
  const id = Ref ?? asList(attribute)[0];
  return typeof id === 'string' ? id : null;
}

/** How a REST API's method is looked up: its own id says nothing of that. */
function methodOf(resource: Resource | undefined, physical: ReadonlyMap<string, string>): Partial<Sought> {
  if (resource?.type !== 'AWS::ApiGateway::Method') return {};
  const { HttpMethod, ResourceId } = resource.properties;
  return { method: String(HttpMethod), path: physical.get(namedIn(ResourceId) ?? '') };
}

/**
 * The members of a stack (of these types, or all) that are in the account no more, and those that lived in one of them; in the stack's order.
 * `found`: logical ids of members that were just seen there; they are not looked for once more.
 */
export async function missingOf(
  eyes: Eyes,
  template: unknown,
  members: readonly StackMember[],
  { types, found, exports = new Map() }: MissingLook = {},
): Promise<StackMember[]> {
  const read = readTemplate(template);
  const { here: containerOf, elsewhere } = containersIn(read, exports);
  const physical = new Map(members.map(({ id, physicalId }) => [id, physicalId]));
  const chosen = types ? members.filter(({ type }) => types.has(type)) : members;
  const unseen = chosen.filter(({ id }) => !found?.has(id));
  const byType = Map.groupBy(unseen, ({ type }) => type);
  const gone = new Set<string>();
  await Promise.all(
    [...byType].map(async ([type, list]) => {
      // Of what lives in something that nobody names here it is not known.
      const isKnown = ({ id }: StackMember) =>
        !(type in containers) || foundAlone.has(type) || containerOf.has(id) || elsewhere.has(id);
      const known = list.filter(isKnown);
      const sought = known.map(
        ({ id, physicalId }): Sought => ({
          ...{ physicalId, within: physical.get(containerOf.get(id) ?? '') ?? elsewhere.get(id) },
          ...methodOf(read.resources.get(id), physical),
        }),
      );
      const there = await looks[type]?.(eyes, sought);
      known.forEach(({ id }, at) => {
        if (there?.[at] === false) gone.add(id);
      });
    }),
  );
  const wentWith = (id: string | undefined): boolean =>
    id !== undefined && (gone.has(id) || wentWith(containerOf.get(id)));
  return chosen.filter(({ id }) => wentWith(id));
}
