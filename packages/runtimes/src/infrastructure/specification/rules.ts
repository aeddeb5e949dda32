import type { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { Recreation, TypeRules } from '@soundbite/model';

type Specification = Awaited<ReturnType<typeof loadAwsServiceSpec>>;
type SpecifiedResource = ReturnType<Specification['all']>[number] & {
  readonly properties: Readonly<Record<string, SpecifiedProperty>>;
  readonly additionalReplacementProperties?: readonly (readonly string[])[];
};
interface SpecifiedProperty {
  readonly type: SpecifiedType;
  readonly causesReplacement?: 'yes' | 'no' | 'maybe';
}
type SpecifiedType =
  | { readonly type: 'ref'; readonly reference: { readonly $ref: string } }
  | { readonly type: 'array' | 'map'; readonly element: SpecifiedType }
  | { readonly type: 'union'; readonly types: readonly SpecifiedType[] }
  | { readonly type: string };

const recreations = { yes: 'Always', maybe: 'Conditionally', no: 'Never' } as const;
const recreationOf = ({ causesReplacement = 'no' }: SpecifiedProperty): Recreation => recreations[causesReplacement];

/** The rules of these types; one that the specification does not know is left out. */
export function rulesIn(specification: Specification, types: readonly string[]): [string, TypeRules][] {
  return types.flatMap((type): [string, TypeRules][] => {
    const [resource] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
    return resource ? [[type, rulesOf(specification, resource as unknown as SpecifiedResource)]] : [];
  });
}

function rulesOf(specification: Specification, resource: SpecifiedResource): TypeRules {
  const { properties, additionalReplacementProperties = [] } = resource;
  const wholes = Object.entries(properties).map(([name, one]): [string, Recreation] => [name, recreationOf(one)]);
  const parts = Object.entries(properties)
    .filter(([, one]) => recreationOf(one) === 'Never')
    .flatMap(([name, { type }]) => [...partsOf(specification, type, name, new Set())]);
  const more = additionalReplacementProperties.map((path): [string, 'Always'] => [path.join('/'), 'Always']);
  return { properties: Object.fromEntries(wholes), parts: Object.fromEntries([...parts, ...more]) };
}

type Part = [path: string, recreation: Exclude<Recreation, 'Never'>];

/** What decides within a property that does not decide as a whole. A type within itself is followed once. */
function* partsOf(
  specification: Specification,
  type: SpecifiedType,
  path: string,
  above: ReadonlySet<string>,
): Generator<Part> {
  if ('element' in type) yield* partsOf(specification, type.element, `${path}/*`, above);
  else if ('types' in type) for (const one of type.types) yield* partsOf(specification, one, path, above);
  else if ('reference' in type && !above.has(type.reference.$ref)) {
    const within = new Set([...above, type.reference.$ref]);
    const { properties } = specification.get('typeDefinition', type.reference.$ref);
    for (const [name, property] of Object.entries(properties as Readonly<Record<string, SpecifiedProperty>>)) {
      const recreation = recreationOf(property);
      if (recreation !== 'Never') yield [`${path}/${name}`, recreation];
      else yield* partsOf(specification, property.type, `${path}/${name}`, within);
    }
  }
}
