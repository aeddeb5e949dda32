import { canonicalJson } from './digest.ts';
import type { DeclaredGate } from './gates/declared.ts';

/** How an environment was declared, by whom first, where and when; see the engine's records. */
interface Standing {
  readonly environment: unknown;
  readonly by: string | null;
  readonly host: string | null;
  readonly at: string | null;
}

/** One setting, by its path in YAML; null where it is not set. */
export interface OtherSetting {
  readonly path: string;
  readonly recorded: unknown;
  readonly here: unknown;
}

/** That an environment which homes share is declared here otherwise than on record, and who came with the declaration that counts there now. */
export interface DeclaredOtherwise {
  /** Who requested the first promotion with it; null: not recorded at the time. */
  readonly by: string | null;
  /** On which machine; null: that was not recorded. */
  readonly host: string | null;
  /** When that promotion began, in ISO 8601; null: that was not recorded. */
  readonly at: string | null;
  /** One at least. */
  readonly differs: readonly OtherSetting[];
}

/** Null: the two are the same. */
export function compareDeclarations({ environment, by, host, at }: Standing, here: unknown): DeclaredOtherwise | null {
  const differs = differences(byGate(environment), byGate(here));
  return differs.length > 0 ? { by, host, at, differs } : null;
}

/** Gates by their names, so that what differs in one is said of that one. */
function byGate(environment: unknown): unknown {
  if (!isObject(environment) || !Array.isArray(environment.gates)) return environment;
  const gates = (environment.gates as readonly DeclaredGate[]).map(({ gate, options, emulated }) => [
    gate,
    emulated ? { ...options, emulated } : options,
  ]);
  return { ...environment, gates: Object.fromEntries(gates) };
}

/** Whose declaration it was, and which settings differ. */
function saying({ by, host, at, differs }: DeclaredOtherwise, settings: (one: OtherSetting) => string): string {
  const who = by === null ? 'before' : `by ${by}${host === null ? '' : ` on ${host}`}${at === null ? '' : ` at ${at}`}`;
  return `declared differently here than ${who}: ${differs.map(settings).join(', ')}`;
}

/** The note on an admitted promotion. */
export const declaredOtherwiseNote = (other: DeclaredOtherwise): string =>
  `${saying(other, ({ path }) => path)}; from this promotion on this declaration counts`;

/** The finding before a promotion, with its hint. */
export const declaredOtherwiseFinding = (name: string, other: DeclaredOtherwise) => ({
  name: 'declaration',
  ok: false,
  detail: `${saying(other, ({ path, recorded, here }) => `${path} (${told(here)} instead of ${told(recorded)})`)}; the recorded one counts until a promotion from here begins`,
  hint: `to apply this one: soundbite promote ${name}; to keep the recorded one, set it in environments.yaml or its override`,
});

const told = (value: unknown): string => (value === null ? 'nothing' : JSON.stringify(value));

/** The settings in which two values differ, by their paths as they are written in YAML. */
function differences(recorded: unknown, here: unknown, at = ''): OtherSetting[] {
  if (isObject(recorded) && isObject(here)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(here)]);
    return [...keys].sort().flatMap((key) => differences(recorded[key], here[key], at === '' ? key : `${at}.${key}`));
  }
  const [before, now] = [recorded ?? null, here ?? null];
  return canonicalJson(before) === canonicalJson(now) ? [] : [{ path: at, recorded: before, here: now }];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
