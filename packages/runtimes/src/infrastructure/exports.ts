import type { Stack } from '@aws-sdk/client-cloudformation';
import { asList, asRecord } from '@soundbite/model/template.ts';

/** What stacks export: values by their names. */
export type Exports = ReadonlyMap<string, string>;

/** What these stacks export now. */
export const exportsOf = (stacks: readonly Stack[]): Exports =>
  new Map(
    stacks.flatMap(({ Outputs = [] }) =>
      Outputs.flatMap(({ ExportName, OutputValue = '' }) => (ExportName ? [[ExportName, OutputValue] as const] : [])),
    ),
  );

/** What a text or an import says, or both joined, as delivery names the alias of another stack's function; undefined: it is another expression, or nobody exports it. */
export function textWithImports(value: unknown, exports: Exports): string | undefined {
  if (typeof value === 'string') return value;
  const { 'Fn::ImportValue': name, 'Fn::Join': join } = asRecord(value);
  if (typeof name === 'string') return exports.get(name);
  const [separator, parts] = asList(join);
  if (typeof separator !== 'string') return undefined;
  const texts = asList(parts).map((part) => textWithImports(part, exports));
  return texts.includes(undefined) ? undefined : texts.join(separator);
}
