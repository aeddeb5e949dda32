import { adoptedSuffix, type ParameterValues, stackParameters } from '../stack-parameters.ts';
import { asRecord, type Json } from '../template.ts';
import { heldPrincipals } from './held-callers.ts';
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
function permissionsOfAliases(resources: Json): Json {
  const all = Object.entries(resources).map(
    ([id, resource]) => ({ id, ...asRecord(resource) }) as Json & { id: string },
  );
  const aliases = all.filter(({ Type }) => Type === 'AWS::Lambda::Alias');
  const held = all.filter(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::Permission' && heldPrincipals.has(String(asRecord(Properties).Principal)),
  );
  return Object.fromEntries(
    held.flatMap(({ id, ...permission }) => {
      const properties = asRecord(permission.Properties);
      const alias = aliases.find(({ Properties }) => isFunction(properties.FunctionName, functionOf(Properties)));
      if (!alias) return [];
      return [[`${id}OfAlias`, { ...permission, Properties: { ...properties, FunctionName: { Ref: alias.id } } }]];
    }),
  );
}

const functionOf = (alias: unknown): string => String(asRecord(asRecord(alias).FunctionName).Ref);
