import { stackParameters } from '../stack-parameters.ts';
import { asRecord, isSame, type Json } from '../template.ts';
import { aliasOf, versionIdOf } from './alias.ts';
import type { FoundComponent } from './found-component.ts';
import { componentsOutput, recordId } from './template.ts';

/** What is in the way of delivering a template, a sentence each: names that delivery gives, and parameters to which nobody gives a value. Pure. */
export function obstaclesIn(template: Json, components: readonly FoundComponent[], stack: string): string[] {
  const resources = asRecord(template.Resources);
  const added = components
    .filter((component) => component.stack === stack && component.aliasIs !== 'own')
    .flatMap((component) => [...(component.aliasIs === 'added' ? [component.alias] : []), versionIdOf(component)]);
  if (recordId in resources) added.push(recordId);
  const isTaken = components.length > 0 && asRecord(template.Outputs)[componentsOutput] !== undefined;
  return [
    ...valueless(asRecord(template.Parameters)).map(
      (name) => `the parameter ${name} has no default, and nobody gives it a value`,
    ),
    ...added
      .filter((id) => id in resources && !isDeliverys(id, resources, components))
      .map((id) => `the logical id ${id} is one that delivery gives`),
    ...(isTaken ? [`the output ${componentsOutput} is one that delivery gives`] : []),
  ];
}

/** A version under such an id is delivery's own where a stack was handed back: it stays what it is. */
function isDeliverys(id: string, resources: Json, components: readonly FoundComponent[]): boolean {
  const component = components.find((one) => versionIdOf(one) === id);
  if (!component) return false;
  const { Condition: _when, ...version } = asRecord(resources[id]);
  const { Condition: _same, ...delivered } = asRecord(aliasOf(component, resources)[id]);
  return isSame(version, delivered);
}

const given: ReadonlySet<string> = new Set(Object.values(stackParameters));

const valueless = (parameters: Json): string[] =>
  Object.entries(parameters)
    .filter(([name, parameter]) => !given.has(name) && asRecord(parameter).Default === undefined)
    .map(([name]) => name);
