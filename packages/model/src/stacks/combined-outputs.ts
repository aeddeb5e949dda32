import { componentsOutput } from '../delivered/template.ts';
import { asList, asRecord, type Json } from '../template.ts';
import { combinedId, combinedRecord } from './combined.ts';

/** The outputs of a stack, and the name of the stack. */
export interface StackOutputsOf {
  readonly stack: string;
  readonly of: Readonly<Record<string, string>>;
}

/**
 * The outputs of all stacks of an environment, by the ids of the combined template. What the stacks say of components is one output: each says what it knows of
 * them (the one the function, another one the queue that feeds it), and where they stand in the order of traffic. Pure.
 */
export function combinedOutputs(parts: readonly StackOutputsOf[]): Readonly<Record<string, string>> {
  const all = combinedRecord(parts);
  if (parts.length < 2) return all;
  const stacks = parts.map(({ stack }) => stack);
  const said = parts.flatMap(({ stack, of }) =>
    componentsIn(of[componentsOutput]).map((one) => placed(one, stack, stacks)),
  );
  return said.length === 0 ? all : { ...all, [componentsOutput]: JSON.stringify(merged(said)) };
}

/** What is no list says nothing. Whoever reads the components finds out that one lacks something. */
function componentsIn(text: string | undefined): readonly Json[] {
  try {
    return asList(JSON.parse(text ?? '[]')).map(asRecord);
  } catch {
    return [];
  }
}

const placed = ({ id, ...rest }: Json, stack: string, stacks: readonly string[]): Json => ({
  ...rest,
  ...(typeof id === 'string' ? { id: combinedId(stacks, stack, id) } : {}),
});

function merged(said: readonly Json[]): Json[] {
  const byPlace = Map.groupBy(said, ({ at }) => Number(at));
  return [...byPlace]
    .sort(([a], [b]) => a - b)
    .map(([, parts]) => {
      const known = parts.flatMap(({ at: _place, ...part }) =>
        Object.entries(part).filter(([, value]) => value !== null),
      );
      const nothing = { health: null, api: null };
      const all = (key: 'queues' | 'callers') => parts.flatMap((part) => asList(part[key]));
      const callers = all('callers');
      return {
        ...{ ...nothing, ...Object.fromEntries(known), queues: all('queues') },
        ...(callers.length > 0 ? { callers } : {}),
      };
    });
}
