import type { Declaration, Signals } from '@soundbite/model';
import { environmentNamed } from './declaration.ts';

/**
 * What requests did, from whoever saw them: the edge, through which all requests of this machine go, or the service's own log where it runs
 * behind an API Gateway of AWS.
 */
export function signalsOf(
  declaration: () => Declaration,
  sources: { readonly edge: Signals; readonly log: Signals },
): Signals {
  return {
    requests(name, sinceMs) {
      const { cloud, runtime } = environmentNamed(declaration(), name);
      const seenBy = cloud.kind === 'real' && runtime === 'aws' ? sources.log : sources.edge;
      return seenBy.requests(name, sinceMs);
    },
  };
}
