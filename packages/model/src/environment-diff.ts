import { canonicalJson } from './digest.ts';
import { type GateHere, gatesAt, gateTitle } from './gates/declared.ts';
import { gateMoments } from './gates/gate.ts';
import type { ResourceChange } from './template-changes.ts';

/** A setting that differs, by its dotted path; null where it is not set. */
export interface SettingDifference {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Leaves that differ, by their dotted path. */
export function settingDifferences(from: unknown, to: unknown, path = ''): SettingDifference[] {
  if (isTree(from) && isTree(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return keys.flatMap((key) => settingDifferences(from[key], to[key], path ? `${path}.${key}` : key));
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  return [{ path, from: from ?? null, to: to ?? null }];
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Why something differs: the releases do, in the same environment; or the environments do, with the same release. */
export type DifferenceCause = 'release' | 'environment';

/** What to compare: one release where it is live, the other one where it is, and the other one where the first is. */
export interface Crossed<Thing> {
  readonly from: Thing;
  readonly to: Thing;
  /** What the second release would have in the first environment; undefined: it has nothing for it. */
  readonly toThere: Thing | undefined;
}

/** What differs, each with its causes; none where the second release has nothing for the first environment, or only both together make it differ. */
export function withCauses<Thing, Difference>(
  { from, to, toThere }: Crossed<Thing>,
  compare: (from: Thing, to: Thing) => readonly Difference[],
  nameOf: (difference: Difference) => string,
): (Difference & { readonly because: DifferenceCause[] })[] {
  const names = (a: Thing, b: Thing) => new Set(compare(a, b).map(nameOf));
  const causes =
    toThere === undefined
      ? []
      : ([
          ['release', names(from, toThere)],
          ['environment', names(toThere, to)],
        ] as const);
  return compare(from, to).map((one) => ({
    ...one,
    because: causes.flatMap(([cause, those]) => (those.has(nameOf(one)) ? [cause] : [])),
  }));
}

export const settingName = ({ path }: SettingDifference): string => path;
export const resourceName = ({ id }: Pick<ResourceChange, 'id'>): string => id;

/** A gate that differs; null: it is not there. */
export interface GateDifference {
  readonly gate: string;
  readonly from: GateHere['options'] | null;
  readonly to: GateHere['options'] | null;
}

type Gated = Parameters<typeof gatesAt>[0];

/** Gates with the options that count where each environment is, in the order in which they are asked. */
export function gateDifferences(from: Gated, to: Gated): GateDifference[] {
  const [before, after] = [gatesOf(from), gatesOf(to)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((gate) => {
    const one = { gate, from: before.get(gate) ?? null, to: after.get(gate) ?? null };
    return canonicalJson(one.from) === canonicalJson(one.to) ? [] : [one];
  });
}

const gatesOf = (environment: Gated): Map<string, GateHere['options']> =>
  new Map(
    gateMoments.flatMap((moment) => gatesAt(environment, moment)).map((one) => [gateTitle(one), one.options] as const),
  );
