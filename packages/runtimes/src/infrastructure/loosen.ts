import { markTakenOut } from '@soundbite/model';
import { asRecord, type Json } from '@soundbite/model/template.ts';
import { referencesIn } from '@soundbite/model/template-references.ts';
import { type Bringing, bringStack } from './bring.ts';
import type { Exports } from './exports.ts';
import { deployedTemplate, parametersOf, settledStack } from './stack.ts';
import { standingParameters } from './standing-parameters.ts';
import { neverWas } from './trouble.ts';

/** Under which names a template exports what is to be made again: the values change with it. */
export function exportsMentioning(template: unknown, ids: ReadonlySet<string>): ReadonlySet<string> {
  const outputs = Object.values(asRecord(asRecord(template).Outputs)).map(asRecord);
  const told = outputs.flatMap(({ Value, Export }): [string, unknown][] => {
    const { Name } = asRecord(Export);
    return typeof Name === 'string' ? [[Name, Value]] : [];
  });
  const mentions = (value: unknown) => [...referencesIn(value)].some((one) => one.is === 'local' && ids.has(one.id));
  return new Set(told.flatMap(([name, value]) => (mentions(value) ? [name] : [])));
}

/**
 * Lets a stack import no more under these names: it gets the values as they are, which changes nothing of it. CloudFormation changes no export that is imported, so
 * what was deleted by hand could not be made again under another name. The deploy that follows imports again. Whether there was something to do. Errors: those of `bringStack`.
 */
export async function loosenImports(
  bringing: Bringing,
  names: ReadonlySet<string>,
  exports: Exports,
): Promise<boolean> {
  const { client, wanted, pace } = bringing;
  const stack = await settledStack(client, wanted.stack, pace);
  if (!stack || neverWas(stack)) return false;
  const deployed = await deployedTemplate(client, wanted.stack);
  const used = importsIn(deployed).filter((name) => names.has(name) && exports.has(name));
  if (used.length === 0) return false;
  const values = new Map(used.map((name) => [name, exports.get(name) ?? '']));
  const template = markTakenOut(withoutImports(deployed, values), used);
  const parameters = standingParameters(parametersOf(stack), wanted.parameters, template);
  await bringStack(
    { ...bringing, wanted: { ...wanted, attempt: `${wanted.attempt}-loose`, template, parameters } },
    stack,
  );
  return true;
}

const importsIn = (template: unknown): string[] => [
  ...new Set([...referencesIn(template)].flatMap((one) => (one.is === 'import' ? [one.name] : []))),
];

/** A template with values in the place of imports. What had one is marked: CloudFormation takes no update in which no resource changes. */
export function withoutImports(template: unknown, values: Exports): Json {
  const { Resources, ...rest } = asRecord(template);
  const resources = Object.entries(asRecord(Resources)).map(([id, resource]) => {
    const literal = asRecord(placed(resource, values));
    return [id, JSON.stringify(literal) === JSON.stringify(resource) ? resource : marked(literal)];
  });
  return { ...asRecord(placed(rest, values)), Resources: Object.fromEntries(resources) };
}

/** A change without an effect: the policy's default. Metadata that go again stop the CDK toolkit, so they are the way only where there is a policy. */
const marked = (resource: Json): Json =>
  'UpdateReplacePolicy' in resource
    ? { ...resource, Metadata: { ...asRecord(resource.Metadata), 'SoundBite::Loosened': true } }
    : { ...resource, UpdateReplacePolicy: 'Delete' };

function placed(value: unknown, values: Exports): unknown {
  if (Array.isArray(value)) return value.map((one) => placed(one, values));
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::ImportValue': name, ...others } = value as Json;
  const known = typeof name === 'string' && Object.keys(others).length === 0 ? values.get(name) : undefined;
  return known ?? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, placed(one, values)]));
}
