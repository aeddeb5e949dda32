import { adoptedSuffix, type ParameterValues, stackParameters } from '../stack-parameters.ts';
import { asRecord, type Json } from '../template.ts';
import { componentsOutput, recordId } from './template.ts';

/**
 * A deployed template without what says which release the stack has: the parameters of a deployment, the record and the output of components. What was live when
 * it was adopted becomes the default of its parameter, so that nothing else changes. Null: a resource of the app's own uses such a parameter. Pure.
 */
export function handedBackTemplate(template: Json, values: ParameterValues): Json | null {
  const { [recordId]: _record, ...resources } = asRecord(template.Resources);
  const { [componentsOutput]: _components, ...outputs } = asRecord(template.Outputs);
  const given = new Set<string>(Object.values(stackParameters));
  const kept = Object.entries(asRecord(template.Parameters)).filter(([name]) => !given.has(name));
  const parameters = kept.map(([name, declared]) =>
    name.endsWith(adoptedSuffix) ? [name, { ...asRecord(declared), Default: values[name] ?? '' }] : [name, declared],
  );
  const left = { ...template, Parameters: Object.fromEntries(parameters), Resources: resources, Outputs: outputs };
  const text = JSON.stringify({ resources, outputs, conditions: template.Conditions });
  const isUsed = [...given].some(
    (name) => text.includes(JSON.stringify({ Ref: name })) || text.includes(`\${${name}}`),
  );
  return isUsed ? null : left;
}
