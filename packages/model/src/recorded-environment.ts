import type { Environment } from './declaration/shape.ts';
import type { DeclaredGate } from './gates/declared.ts';

/** What environments were before, where that was another shape. */
interface OfBefore {
  /** Settings, until plans of the format 3. */
  readonly service?: Environment['settings'];
  /** Seconds, until plans of the format 4; gates were names alone. */
  readonly watch?: number;
  readonly gates?: readonly (string | DeclaredGate)[];
}

/** An environment as it stands in records, in today's form. Records are never rewritten, since the ledger names a plan by its digest. */
export function recordedEnvironment(value: unknown): Environment {
  const { service, watch, gates, ...rest } = value as Omit<Environment, 'gates'> & OfBefore;
  const named = gates?.map((gate) => (typeof gate === 'string' ? { gate, options: {} } : gate));
  const watched = watch === undefined ? [] : [{ gate: 'watch', options: { seconds: watch, minimumRequests: 0 } }];
  return {
    ...rest,
    ...(rest.settings === undefined && service !== undefined ? { settings: service } : {}),
    ...(rest.settings !== undefined && service !== undefined ? { service } : {}),
    ...(named === undefined ? {} : { gates: [...named, ...watched] }),
  } as Environment;
}
