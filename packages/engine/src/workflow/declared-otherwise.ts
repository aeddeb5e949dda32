import { canonicalJson, type Environment, homeOfSite } from '@soundbite/model';
import type { Records } from '../store/records.ts';

/**
 * What is to be said where an environment that homes share is declared here otherwise than on record: which settings, and who declared it before, when.
 * Null: nothing. Its own environment a home declares as it likes.
 */
export async function declaredOtherwise(records: Records, environment: Environment): Promise<string | null> {
  if (records.sites.home === null || homeOfSite(records.sites.ofEnvironment(environment)) !== null) return null;
  const standing = await records.declaredAs(environment.name);
  if (standing === null) return null;
  const paths = differences(standing.environment, environment);
  if (paths.length === 0) return null;
  const { by, host, at } = standing;
  const who = by === null ? 'before' : `by ${by}${host === null ? '' : ` on ${host}`} at ${at}`;
  return `declared otherwise here than ${who}: ${paths.join(', ')}; from this promotion on this declaration counts`;
}

/** The paths at which two values differ, as they are written in YAML. */
export function differences(before: unknown, now: unknown, at = ''): string[] {
  if (isObject(before) && isObject(now)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].sort().flatMap((key) => differences(before[key], now[key], at === '' ? key : `${at}.${key}`));
  }
  return canonicalJson(before ?? null) === canonicalJson(now ?? null) ? [] : [at];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
