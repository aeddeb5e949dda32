import { canonicalJson } from './digest.ts';
import { asList, asRecord, type Json, readTemplate } from './template.ts';
import { expressionResolver, isUncomputable, type TemplateValues, uncomputable, undecided } from './template-values.ts';

/** The settings that determine a function's behaviour, by name (`Handler`, `Environment.NAME`), with values as AWS returns them. */
export type FunctionTraits = ReadonlyMap<string, unknown>;

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

/** The layers that a template declares for a function, as text, each by what it is made of: of two releases it tells whether they are the same. */
export function declaredLayers(template: unknown, functionName: string, values: TemplateValues): string {
  const { resources } = readTemplate(template);
  const layers = asList(declaredResource(template, functionName, values)?.properties.Layers);
  return canonicalJson(layers.map((layer) => resources.get(String(asRecord(layer).Ref))?.properties ?? layer));
}

/** Logical ids of the layers that a template makes: each change of one makes another in its place. */
export const layerIds = (template: unknown): readonly string[] =>
  [...readTemplate(template).resources.values()].flatMap(({ id, type }) =>
    type === 'AWS::Lambda::LayerVersion' ? [id] : [],
  );

/** A function is found by the name that the template gives it; where it gives none, by the one that CloudFormation made. */
function declaredResource(template: unknown, functionName: string, values: TemplateValues) {
  const read = readTemplate(template);
  const computed = expressionResolver(read, values);
  return [...read.resources.values()].find(({ id, type, properties }) => {
    if (type !== 'AWS::Lambda::Function') return false;
    const name = computed(properties.FunctionName);
    return name === undefined || isUncomputable(name) ? values.names?.[id] === functionName : name === functionName;
  });
}

function declaredProperties(template: unknown, functionName: string, values: TemplateValues): Json | null {
  const found = declaredResource(template, functionName, values);
  if (!found) return null;
  const computed = expressionResolver(readTemplate(template), values);
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
    if (
      wanted === undecided ||
      (wanted === uncomputable ? present !== undefined : spelled(wanted) === spelled(present))
    )
      return [];
    const isSecret = name.startsWith(variables);
    if (isSecret && wanted === undefined && declared.get('Environment') === undecided) return [];
    if (present === undefined) return [`${name} is not set`];
    if (wanted === undefined)
      return [`${name} is ${isSecret ? 'set' : spelled(present)}, and the release declares none`];
    if (isSecret) return [`${name} is not what the release declares`];
    return [`${name} is ${spelled(present)}, and the release declares ${spelled(wanted)}`];
  });
}

const spelled = (value: unknown) => (value === undefined || isUncomputable(value) ? undefined : canonicalJson(value));
const variables = 'Environment.';

/** Both documents, declared and actual, in one form: AWS's defaults are written out, and empty settings without a default are omitted. */
function configurationOf(functionName: string, of: Json): FunctionTraits {
  const { LoggingConfig, VpcConfig } = of;
  const entries: [string, unknown][] = [
    ['Architectures', of.Architectures ?? ['x86_64']],
    ['DeadLetterConfig', part(of.DeadLetterConfig, 'TargetArn')],
    ['EphemeralStorage', part(of.EphemeralStorage, 'Size') ?? 512],
    ['FileSystemConfigs', list(of.FileSystemConfigs)],
    ['Handler', of.Handler],
    ['ImageConfig', of.ImageConfig ?? part(of.ImageConfigResponse, 'ImageConfig')],
    ['KMSKeyArn', of.KMSKeyArn],
    ['Layers', list(of.Layers, (layer) => (typeof layer === 'object' ? asRecord(layer).Arn : layer))],
    ['LoggingConfig.ApplicationLogLevel', part(LoggingConfig, 'ApplicationLogLevel')],
    ['LoggingConfig.LogFormat', part(LoggingConfig, 'LogFormat') ?? 'Text'],
    ['LoggingConfig.LogGroup', part(LoggingConfig, 'LogGroup') ?? `/aws/lambda/${functionName}`],
    ['LoggingConfig.SystemLogLevel', part(LoggingConfig, 'SystemLogLevel')],
    ['MemorySize', of.MemorySize ?? 128],
    ['PackageType', of.PackageType ?? 'Zip'],
    ['Role', of.Role],
    ['Runtime', of.Runtime],
    ['SnapStart', part(of.SnapStart, 'ApplyOn') ?? 'None'],
    ['Timeout', of.Timeout ?? 3],
    ['TracingConfig', part(of.TracingConfig, 'Mode') ?? 'PassThrough'],
    ['VpcConfig.SecurityGroupIds', sorted(list(part(VpcConfig, 'SecurityGroupIds')))],
    ['VpcConfig.SubnetIds', sorted(list(part(VpcConfig, 'SubnetIds')))],
    ['Environment', isUncomputable(part(of.Environment, 'Variables')) ? undecided : undefined],
    ...variablesOf(of.Environment),
  ];
  return new Map(entries.filter(([name, value]) => name.startsWith(variables) || !isNothing(value)));
}

const variablesOf = (environment: unknown): [string, unknown][] =>
  Object.entries(asRecord(asRecord(environment).Variables))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [`${variables}${name}`, isUncomputable(value) ? value : String(value)]);

/** A setting within a document; where that cannot be computed the setting may be anything, or absent. */
const part = (of: unknown, name: string): unknown => (isUncomputable(of) ? undecided : asRecord(of)[name]);

/** The items in order; one that cannot be computed makes the list so. */
function list(of: unknown, told: (item: unknown) => unknown = (item) => item): unknown {
  if (isUncomputable(of)) return of;
  const items = asList(of).map(told);
  return items.some(holdsUncomputable) ? uncomputable : items;
}

const sorted = (of: unknown): unknown => (Array.isArray(of) ? of.toSorted() : of);

const holdsUncomputable = (value: unknown): boolean =>
  isUncomputable(value) ||
  (typeof value === 'object' && value !== null && Object.values(value).some(holdsUncomputable));

const isNothing = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
