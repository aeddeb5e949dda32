import type { StackOutputs } from './ports/target.ts';
import { asList, asRecord, type Json, type Template, textOf } from './template.ts';

/** The values behind a template's expressions in one account: its parameters, its deployed stack's outputs and the account itself. */
export interface TemplateValues {
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: StackOutputs;
  /** What `Ref` of a resource gives whose name CloudFormation made, by logical id, as far as it is known. */
  readonly names?: Readonly<Record<string, string>>;
  /** The stack's own name. */
  readonly stack?: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/** A value that cannot be computed from the template and the stack's outputs. It is held to be there, not to be equal. */
export const uncomputable = Symbol('uncomputable');
/** As `uncomputable`, but it may also be absent: what decides about it cannot be computed. */
export const undecided = Symbol('undecided');

/** Whether an expression could not be computed. */
export const isUncomputable = (value: unknown): value is symbol => typeof value === 'symbol';

/**
 * Computes expressions (a symbol where it cannot; undefined for `AWS::NoValue`): literals, parameters, conditions, joins, whatever the stack has as an
 * output, and resources that the template or `values` name.
 */
export function expressionResolver(template: Template, values: TemplateValues): (expression: unknown) => unknown {
  const outputs = outputTexts(template, values.outputs);
  const references = referencesOf(template, values);

  function computed(expression: unknown): unknown {
    if (Array.isArray(expression)) return whole(expression.map(computed), (list) => list);
    if (typeof expression !== 'object' || expression === null) return expression;
    const output = outputs.get(textOf(expression));
    if (output !== undefined) return output;
    const entries = Object.entries(expression);
    const [[name, argument] = ['', undefined]] = entries;
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) return intrinsic(name, argument);
    return Object.fromEntries(entries.map(([key, value]) => [key, computed(value)]));
  }

  function intrinsic(name: string, argument: unknown): unknown {
    if (name === 'Ref') return referenceTo(String(argument));
    if (name === 'Fn::GetAtt') return attribute(asList(argument).map(String).join('.'));
    if (name === 'Fn::Sub' && typeof argument === 'string') return substituted(argument);
    if (name === 'Fn::Join' && Array.isArray(argument))
      return whole(asList(argument[1]).map(computed), (parts) => parts.join(String(argument[0])));
    if (name === 'Fn::If' && Array.isArray(argument)) return chosen(argument);
    return uncomputable;
  }

  function referenceTo(id: string): unknown {
    if (id === 'AWS::NoValue') return undefined;
    return references.get(id) ?? nameOf(template, id) ?? uncomputable;
  }

  /** ARNs that follow from a name. */
  function attribute(path: string): unknown {
    const [id = '', key] = path.split('.');
    const { type = '', properties = {} } = template.resources.get(id) ?? {};
    const name = referenceTo(id);
    if (key !== 'Arn' || isUncomputable(name)) return uncomputable;
    return arnOf({ type, properties, name: String(name) }, values) ?? uncomputable;
  }

  function substituted(text: string): unknown {
    const parts = text.split(/(\$\{[^}]+\})/).map((part) => {
      const id = /^\$\{([^!}][^}]*)\}$/.exec(part)?.[1];
      if (id === undefined) return part.replace(/^\$\{!/, '${');
      return outputs.get(part) ?? (id.includes('.') ? attribute(id) : referenceTo(id));
    });
    return whole(parts, (known) => known.join(''));
  }

  function chosen([condition, then, otherwise]: readonly unknown[]): unknown {
    const holds = conditionHolds(String(condition), template, computed);
    if (holds === null) return undecided;
    return computed(holds ? then : otherwise);
  }

  return computed;
}

/** What the stack has as outputs, by the text of the expression behind it. */
const outputTexts = (template: Template, outputs: StackOutputs): ReadonlyMap<string, string> =>
  new Map(
    [...template.outputs].flatMap(([key, { Value }]): [string, string][] => {
      const value = outputs[key];
      return value === undefined ? [] : [[textOf(Value), value]];
    }),
  );

/** What is known without a resource's own name: the account, parameters with their defaults, generated names. */
function referencesOf(template: Template, values: TemplateValues): ReadonlyMap<string, string> {
  const defaults = [...template.parameters].flatMap(([id, { Type, Default }]): [string, string][] =>
    Default === undefined || String(Type).startsWith('AWS::SSM::') ? [] : [[id, String(Default)]],
  );
  return new Map([
    ...defaults,
    ['AWS::AccountId', values.account],
    ['AWS::Partition', values.partition],
    ['AWS::Region', values.region],
    ['AWS::URLSuffix', values.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'],
    ...(values.stack === undefined ? [] : [['AWS::StackName', values.stack] as const]),
    ...Object.entries(values.names ?? {}),
    ...Object.entries(values.parameters),
  ]);
}

/** Whether a condition of the template holds; null: it depends on what cannot be computed. */
function conditionHolds(
  name: string,
  template: Template,
  computed: (expression: unknown) => unknown,
  within: readonly string[] = [],
): boolean | null {
  const holds = (expression: unknown): boolean | null => {
    const [[kind, argument] = ['', undefined]] = Object.entries(asRecord(expression));
    const parts = asList(argument);
    if (kind === 'Condition' && !within.includes(String(argument)))
      return conditionHolds(String(argument), template, computed, [...within, name]);
    if (kind === 'Fn::Equals') {
      const [left, right] = parts.map(computed);
      return isUncomputable(left) || isUncomputable(right) ? null : String(left) === String(right);
    }
    const all = parts.map(holds);
    if (kind === 'Fn::Not') return all[0] == null ? null : !all[0];
    if (kind === 'Fn::And') return all.includes(false) ? false : all.includes(null) ? null : true;
    if (kind === 'Fn::Or') return all.includes(true) ? true : all.includes(null) ? null : false;
    return null;
  };
  return holds(template.conditions.get(name));
}

function nameOf(template: Template, id: string): string | null {
  const { type, properties } = template.resources.get(id) ?? {};
  const name = asRecord(properties)[nameProperties[type ?? ''] ?? ''];
  return typeof name === 'string' ? name : null;
}

/** The value of `Ref` for a resource that the template names. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
};

/** Null: it does not follow from the name. */
function arnOf(
  { type, properties, name }: { readonly type: string; readonly properties: Json; readonly name: string },
  { partition, region, account }: TemplateValues,
): string | null {
  const here = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${account}:${resource}`;
  if (type === 'AWS::Lambda::Function') return here('lambda', `function:${name}`);
  if (type === 'AWS::DynamoDB::Table') return here('dynamodb', `table/${name}`);
  // A queue's reference is its address.
  if (type === 'AWS::SQS::Queue') return here('sqs', name.split('/').at(-1) ?? name);
  if (type === 'AWS::S3::Bucket') return `arn:${partition}:s3:::${name}`;
  const { Path = '/' } = properties;
  if (type !== 'AWS::IAM::Role' || typeof Path !== 'string') return null;
  return `arn:${partition}:iam::${account}:role${Path}${name}`;
}

const whole = <T>(parts: readonly unknown[], make: (parts: readonly unknown[]) => T): T | typeof uncomputable =>
  parts.some(isUncomputable) ? uncomputable : make(parts.filter((part) => part !== undefined));
