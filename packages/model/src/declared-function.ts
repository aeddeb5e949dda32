import { canonicalJson } from './digest.ts';
import type { StackOutputs } from './ports/target.ts';
import { asList, asRecord, type Json, readTemplate, type Template, textOf } from './template.ts';

/** The values behind a template's expressions in one account: its parameters, its deployed stack's outputs and the account itself. */
export interface TemplateValues {
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: StackOutputs;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/** The settings that determine a function's behaviour, by name (`Handler`, `Environment.NAME`), with values as AWS returns them. */
export type FunctionTraits = ReadonlyMap<string, unknown>;

/** A value that cannot be computed from the template and the stack's outputs. It is held to be there, not to be equal. */
const unknown = Symbol('unknown');

/** The configuration that a template declares for a function of this name; null when it declares none. */
export function declaredFunction(
  template: unknown,
  functionName: string,
  values: TemplateValues,
): FunctionTraits | null {
  const resolved = declaredProperties(template, functionName, values);
  return resolved && configurationOf(functionName, { ...resolved, KMSKeyArn: resolved.KmsKeyArn });
}

/** The key in the assets' bucket under which a template has a function's code; null: it declares no such function, or its code is elsewhere (inline, an image). */
export function declaredCodeKey(template: unknown, functionName: string, values: TemplateValues): string | null {
  const { S3Key } = asRecord(declaredProperties(template, functionName, values)?.Code);
  return typeof S3Key === 'string' ? S3Key : null;
}

function declaredProperties(template: unknown, functionName: string, values: TemplateValues): Json | null {
  const read = readTemplate(template);
  const computed = resolver(read, values);
  const found = [...read.resources.values()].find(
    ({ type, properties }) => type === 'AWS::Lambda::Function' && computed(properties.FunctionName) === functionName,
  );
  if (!found) return null;
  return Object.fromEntries(Object.entries(found.properties).map(([key, value]) => [key, computed(value)]));
}

/** The configuration that AWS returns for a function or one of its versions (the document of ListVersionsByFunction). */
export const toldFunction = (functionName: string, told: object): FunctionTraits =>
  configurationOf(functionName, told as Json);

/** How what was found differs from what was declared, one sentence a difference. Values of variables are not repeated: they may be secret. */
export function functionDifferences(declared: FunctionTraits, found: FunctionTraits): string[] {
  const names = [...new Set([...declared.keys(), ...found.keys()])].sort();
  return names.flatMap((name) => {
    const [wanted, present] = [declared.get(name), found.get(name)];
    if (wanted === unknown ? present !== undefined : spelled(wanted) === spelled(present)) return [];
    const isSecret = name.startsWith(variables);
    if (present === undefined) return [`${name} is not set`];
    if (wanted === undefined)
      return [`${name} is ${isSecret ? 'set' : spelled(present)}, and the release declares none`];
    if (isSecret) return [`${name} is not what the release declares`];
    return [`${name} is ${spelled(present)}, and the release declares ${spelled(wanted)}`];
  });
}

const spelled = (value: unknown) => (value === undefined || value === unknown ? undefined : canonicalJson(value));
const variables = 'Environment.';

/** Both documents, declared and actual, in one form: AWS's defaults are written out, and empty settings without a default are omitted. */
function configurationOf(functionName: string, of: Json): FunctionTraits {
  const { Environment, LoggingConfig, VpcConfig } = of;
  const logging = asRecord(LoggingConfig);
  const network = asRecord(VpcConfig);
  const entries: [string, unknown][] = [
    ['Architectures', of.Architectures ?? ['x86_64']],
    ['DeadLetterConfig', asRecord(of.DeadLetterConfig).TargetArn],
    ['EphemeralStorage', asRecord(of.EphemeralStorage).Size ?? 512],
    ['FileSystemConfigs', asList(of.FileSystemConfigs)],
    ['Handler', of.Handler],
    ['ImageConfig', of.ImageConfig ?? asRecord(of.ImageConfigResponse).ImageConfig],
    ['KMSKeyArn', of.KMSKeyArn],
    ['Layers', asList(of.Layers).map((layer) => (typeof layer === 'object' ? asRecord(layer).Arn : layer))],
    ['LoggingConfig.ApplicationLogLevel', logging.ApplicationLogLevel],
    ['LoggingConfig.LogFormat', logging.LogFormat ?? 'Text'],
    ['LoggingConfig.LogGroup', logging.LogGroup ?? `/aws/lambda/${functionName}`],
    ['LoggingConfig.SystemLogLevel', logging.SystemLogLevel],
    ['MemorySize', of.MemorySize ?? 128],
    ['PackageType', of.PackageType ?? 'Zip'],
    ['Role', of.Role],
    ['Runtime', of.Runtime],
    ['SnapStart', asRecord(of.SnapStart).ApplyOn ?? 'None'],
    ['Timeout', of.Timeout ?? 3],
    ['TracingConfig', asRecord(of.TracingConfig).Mode ?? 'PassThrough'],
    ['VpcConfig.SecurityGroupIds', asList(network.SecurityGroupIds).toSorted()],
    ['VpcConfig.SubnetIds', asList(network.SubnetIds).toSorted()],
    ...Object.entries(asRecord(asRecord(Environment).Variables)).map(([name, value]): [string, unknown] => [
      `${variables}${name}`,
      typeof value === 'symbol' ? value : String(value),
    ]),
  ];
  return new Map(entries.filter(([name, value]) => name.startsWith(variables) || !isNothing(value)));
}

const isNothing = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** Computes expressions (`unknown` where it cannot): literals, parameters, joins, whatever the stack has as an output, and resources that the template names itself. */
function resolver(template: Template, values: TemplateValues): (expression: unknown) => unknown {
  const outputs = new Map(
    [...template.outputs].flatMap(([key, { Value }]): [string, string][] => {
      const value = values.outputs[key];
      return value === undefined ? [] : [[textOf(Value), value]];
    }),
  );
  const references: Readonly<Record<string, string>> = {
    'AWS::AccountId': values.account,
    'AWS::Partition': values.partition,
    'AWS::Region': values.region,
    ...values.parameters,
  };

  function computed(expression: unknown): unknown {
    if (Array.isArray(expression)) return whole(expression.map(computed), (list) => list);
    if (typeof expression !== 'object' || expression === null) return expression;
    const output = outputs.get(textOf(expression));
    if (output !== undefined) return output;
    const entries = Object.entries(expression);
    const [[name, argument] = ['', undefined]] = entries;
    if (entries.length === 1 && name === 'Ref') return referenceTo(String(argument));
    if (entries.length === 1 && name === 'Fn::Sub' && typeof argument === 'string') return substituted(argument);
    if (entries.length === 1 && name === 'Fn::Join' && Array.isArray(argument))
      return whole(asList(argument[1]).map(computed), (parts) => parts.join(String(argument[0])));
    if (entries.length === 1 && name.startsWith('Fn::')) return unknown;
    return Object.fromEntries(entries.map(([key, value]) => [key, computed(value)]));
  }

  function referenceTo(id: string): unknown {
    const known = references[id];
    if (known !== undefined) return known;
    const { type, properties } = template.resources.get(id) ?? {};
    const name = asRecord(properties)[nameProperties[type ?? ''] ?? ''];
    return typeof name === 'string' ? name : unknown;
  }

  function substituted(text: string): unknown {
    const parts = text.split(/(\$\{[^}]+\})/).map((part) => {
      const id = /^\$\{([^!}][^}]*)\}$/.exec(part)?.[1];
      if (id === undefined) return part.replace(/^\$\{!/, '${');
      return outputs.get(part) ?? (id.includes('.') ? unknown : referenceTo(id));
    });
    return whole(parts, (known) => known.join(''));
  }

  return computed;
}

/** The value of `Ref` for a resource that the template names. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
};

const whole = <T>(parts: readonly unknown[], make: (parts: readonly unknown[]) => T): T | typeof unknown =>
  parts.includes(unknown) ? unknown : make(parts);

export { resolver as expressionResolver, unknown as uncomputable };
