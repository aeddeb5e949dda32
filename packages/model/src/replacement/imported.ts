import { importersOf } from '../stacks/combined.ts';
import { asRecord, readTemplate } from '../template.ts';
import type { Removal } from '../template-changes.ts';
import { referencesIn } from '../template-references.ts';

/** The stacks that import what an export says of a resource, as they are deployed, by the resource's id in the combined template. */
export type ImportedResources = ReadonlyMap<string, readonly string[]>;

/** What stacks of an environment import from one another, by their combined template. None where there is one stack. Pure. */
export function importedResources(combined: unknown): ImportedResources {
  const { resources, outputs } = readTemplate(combined);
  const all = [...outputs.values()].flatMap((output) => {
    const named = [...referencesIn(asRecord(output).Value)].flatMap((one) => (one.is === 'local' ? [one.id] : []));
    return named.filter((id) => resources.has(id)).map((id) => ({ id, importers: importersOf(output) ?? [] }));
  });
  const byId = Map.groupBy(all, ({ id }) => id);
  return new Map(
    [...byId]
      .map(([id, list]) => [id, [...new Set(list.flatMap(({ importers }) => importers))].sort()] as const)
      .filter(([, importers]) => importers.length > 0),
  );
}

/**
 * Marks what is replaced for certain although another stack imports it: its export would get another value, and CloudFormation changes none that is in use, whoever named it. Where
 * it cannot say whether something is replaced, naming it is enough: if it is, CloudFormation takes the deployment of that stack back. Pure.
 */
export const heldByImports = (
  found: readonly Removal[],
  imported: ImportedResources,
  isCertain: (id: string) => boolean,
): Removal[] =>
  found.map((one) => {
    const importers = imported.get(one.id);
    if (one.what !== 'replacement' || !importers || !isCertain(one.id)) return one;
    return {
      ...one,
      what: 'export',
      detail: `${one.detail}, and ${importers.join(', ')} imports it as it is deployed`,
    };
  });
