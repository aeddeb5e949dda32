import type { Environment } from './declaration/shape.ts';

/**
 * An environment as it stands in records, in today's form: until plans of the format 3, settings were called `service`. Records are never rewritten, since
 * the ledger names a plan by its digest.
 */
export function recordedEnvironment(value: unknown): Environment {
  const recorded = value as Environment & { readonly service?: Environment['settings'] };
  if (recorded.settings !== undefined || recorded.service === undefined) return recorded;
  const { service, ...rest } = recorded;
  return { ...rest, settings: service };
}
