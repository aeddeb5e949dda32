import { triggerKindOf } from '../inspect/trigger-kinds.ts';
import { adoptedSuffix, type ParameterValues, stackParameters } from '../stack-parameters.ts';
import { asRecord, isSame, type Json, readTemplate } from '../template.ts';
import { heldPrincipals, principalOf } from './held-callers.ts';
import { isFunction } from './is-function.ts';
import { componentsOutput, recordId } from './template.ts';

/**
 * A deployed template without what says which release the stack has: the parameters of a deployment, the record and the output of components. What was live when
 * it was adopted becomes the default of its parameter, so that nothing else changes. What only the control plane let call an alias is let in by the stack from then on. Null: a resource of the app's own uses such a parameter. Pure.
 */
export function handedBackTemplate(template: Json, values: ParameterValues): Json | null {
  const { [recordId]: _record, ...resources } = asRecord(template.Resources);
  const { [componentsOutput]: _components, ...outputs } = asRecord(template.Outputs);
  const given = new Set<string>(Object.values(stackParameters));
  const kept = Object.entries(asRecord(template.Parameters)).filter(([name]) => !given.has(name));
  const parameters = kept.map(([name, declared]) =>
    name.endsWith(adoptedSuffix) ? [name, { ...asRecord(declared), Default: values[name] ?? '' }] : [name, declared],
  );
  const permitted = { ...resources, ...permissionsOfAliases(resources) };
  const left = { ...template, Parameters: Object.fromEntries(parameters), Resources: permitted, Outputs: outputs };
  const text = JSON.stringify({ resources, outputs, conditions: template.Conditions });
  const isUsed = [...given].some(
    (name) => text.includes(JSON.stringify({ Ref: name })) || text.includes(`\${${name}}`),
  );
  return isUsed ? null : left;
}

/** Permissions of rules and topics for the aliases of the functions that they are let call: while a stack is delivered the control plane gives these. */
const permissionsOfAliases = (resources: Json): Json =>
  Object.fromEntries(
    heldPermissions(resources).map(({ id, alias, permission }) => {
      const properties = asRecord(permission.Properties);
      return [ofAliasId(id), { ...permission, Properties: { ...properties, FunctionName: { Ref: alias.id } } }];
    }),
  );

const ofAliasId = (id: string): string => `${id}OfAlias`;

/** The permissions of rules and topics for functions of the same stack that have an alias. */
function heldPermissions(resources: Json) {
  const all = Object.entries(resources).map(([id, resource]) => ({ id, resource: asRecord(resource) }));
  const aliases = all.filter(({ resource }) => resource.Type === 'AWS::Lambda::Alias');
  return all.flatMap(({ id, resource: permission }) => {
    const { Principal, FunctionName } = asRecord(permission.Properties);
    if (permission.Type !== 'AWS::Lambda::Permission' || !heldPrincipals.has(String(Principal))) return [];
    const alias = aliases.find(({ resource }) => isFunction(FunctionName, functionOf(resource.Properties)));
    return alias ? [{ id, permission, alias }] : [];
  });
}

const functionOf = (alias: unknown): string => String(asRecord(asRecord(alias).FunctionName).Ref);

/**
 * A stack that stands, as the app has it that delivery knows. Where it was handed back and not deployed since, its rules and topics call aliases, by permissions that
 * it gives: they call the functions then, and the permissions are left out. So what delivers it knows those callers, and lets them call the aliases by itself, as it will for each release of the app. Pure.
 */
export function asApp(template: Json): Json {
  const resources = asRecord(template.Resources);
  const given = permissionsOfAliases(resources);
  const pairs = heldPermissions(resources).filter(({ id }) => isSame(resources[ofAliasId(id)], given[ofAliasId(id)]));
  if (pairs.length === 0) return template;
  const left = new Set(pairs.map(({ id }) => ofAliasId(id)));
  const functions = new Map(pairs.map(({ alias }) => [alias.id, functionOf(alias.resource.Properties)]));
  const kept = Object.entries(resources).filter(([id]) => !left.has(id));
  return {
    ...template,
    Resources: Object.fromEntries(
      kept.map(([id, resource]) => [id, isHeld(id, resource) ? calling(resource, functions) : resource]),
    ),
  };
}

/** Whether a resource calls as a rule or a topic does. */
const isHeld = (id: string, resource: unknown): boolean => {
  const read = readTemplate({ Resources: { [id]: resource } }).resources.get(id);
  return read !== undefined && principalOf[triggerKindOf(read, [])] !== undefined;
};

/** An expression with functions in the place of their aliases. */
function calling(value: unknown, functions: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((part) => calling(part, functions));
  if (typeof value !== 'object' || value === null) return value;
  const named = functions.get(String(asRecord(value).Ref));
  if (named !== undefined) return { 'Fn::GetAtt': [named, 'Arn'] };
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, calling(part, functions)]));
}
