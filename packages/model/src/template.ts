import { canonicalJson } from './digest.ts';

/** What we read of a CloudFormation template. */
export interface Template {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly parameters: ReadonlyMap<string, Json>;
  readonly outputs: ReadonlyMap<string, Json>;
  readonly conditions: ReadonlyMap<string, unknown>;
}

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Json;
  /** The name of its condition. */
  readonly condition: string | undefined;
  /** How CloudFormation updates it, if the template says so. */
  readonly updatePolicy?: unknown;
}

export type Json = Readonly<Record<string, unknown>>;

/** Reads a parsed template. What has another form than CloudFormation's counts as absent. */
export function readTemplate(template: unknown): Template {
  const sections = asRecord(template);
  const section = (name: string) => new Map(Object.entries(asRecord(sections[name])));
  const recordsOf = (name: string) => new Map([...section(name)].map(([id, value]) => [id, asRecord(value)]));
  const resources = [...recordsOf('Resources')].map(([id, resource]): [string, Resource] => [
    id,
    {
      id,
      type: String(resource.Type ?? ''),
      properties: asRecord(resource.Properties),
      condition: typeof resource.Condition === 'string' ? resource.Condition : undefined,
      ...(resource.UpdatePolicy === undefined ? {} : { updatePolicy: resource.UpdatePolicy }),
    },
  ]);
  return {
    resources: new Map(resources),
    parameters: recordsOf('Parameters'),
    outputs: recordsOf('Outputs'),
    conditions: section('Conditions'),
  };
}

export const asRecord = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** Whether two values of a template are written alike. */
export const isSame = (a: unknown, b: unknown): boolean => spelled(a) === spelled(b);

const spelled = (value: unknown) => (value === undefined ? undefined : canonicalJson(value));

/**
 * An expression as one text, so that different spellings of it compare alike: `{"Ref":"Table"}` → `${Table}`,
 * `{"Fn::GetAtt":["Table","Arn"]}` → `${Table.Arn}`, joins and substitutions → their text. Wildcards stay as they are.
 */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', undefined], ...more] = Object.entries(asRecord(value));
  if (more.length === 0) {
    if (name === 'Ref') return `\${${String(argument)}}`;
    if (name === 'Fn::GetAtt') return `\${${asList(argument).map(String).join('.')}}`;
    if (name === 'Fn::Sub' && typeof argument === 'string') return argument;
    if (name === 'Fn::Join' && Array.isArray(argument)) {
      return asList(argument[1]).map(textOf).join(String(argument[0]));
    }
  }
  // Anything else is compared as it is written; no wildcard of it may act as one.
  return `\${${canonicalJson(value).replaceAll(/[*?]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)}}`;
}
