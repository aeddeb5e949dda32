/** Whether a change of a property creates its resource anew. In the words of CloudFormation's change sets (`RequiresRecreation`). */
export type Recreation = 'Always' | 'Conditionally' | 'Never';

/** What a specification says of one resource type. A property that is missing here is unknown to it. */
export interface TypeRules {
  readonly properties: Readonly<Record<string, Recreation>>;
  /** Parts of a property that decide although the whole does not: `TableInput/Name`; `*` stands for each item or key. */
  readonly parts: Readonly<Record<string, Exclude<Recreation, 'Never'>>>;
}

/** By resource types; a type that is missing here is unknown to the specification. */
export type RecreationRules = ReadonlyMap<string, TypeRules>;

/** A property that decides, and the resources or parameters through which it changes, if not by itself. */
export interface Deciding {
  readonly property: string;
  readonly through: readonly string[];
}

const listed = (deciding: readonly Deciding[]): string =>
  deciding
    .map(({ property, through }) => (through.length > 0 ? `${property} (through ${through.join(', ')})` : property))
    .join(', ');

const verb = (deciding: readonly Deciding[]) => (deciding.length === 1 ? 'changes' : 'change');

/** One sentence for each degree of certainty. A plan and a change set say the same in the same words. */
export const sentences = {
  certain: (type: string, deciding: readonly Deciding[]) =>
    deciding.length === 0 ? `${type} is replaced` : `${type} is replaced when ${listed(deciding)} ${verb(deciding)}`,
  possible: (type: string, deciding: readonly Deciding[]) =>
    deciding.length === 0
      ? `${type} may be replaced: nobody can say before it is deployed`
      : `${type} may be replaced when ${listed(deciding)} ${verb(deciding)}: nobody can say before it is deployed`,
  unknownType: (type: string, changed: readonly string[]) =>
    `${type} changes (${changed.join(', ')}), and AWS’s specification does not know this type: it counts as replaced`,
  unknownProperty: (type: string, changed: readonly string[]) =>
    `${type} changes in ${changed.join(', ')}, which AWS’s specification does not know: it counts as replaced`,
} as const;

/**
 * Whether an attribute of a resource of this type keeps its value while the resource stays: its ARN, which names it. What a custom resource or another
 * maker's type calls so may be anything.
 */
export const isFixedAttribute = (type: string, attribute: string): boolean =>
  attribute === 'Arn' && type.startsWith('AWS::') && !type.startsWith('AWS::CloudFormation::');
