import type { Clouds, Environment, RequestRecord, Signals } from '@soundbite/model';
import { requestLog } from '@soundbite/runtimes';

/** What an environment's requests did since a time (ms since 1970). */
export type Requests = (environment: Environment, sinceMs: number) => Promise<readonly RequestRecord[]>;

/**
 * What requests did, from whoever saw them: the edge, through which all requests of this machine go, or the service's own log where it runs
 * behind an API Gateway of AWS. The environment is as its asker knows it, whatever is declared by now.
 */
export function requestsOf(edge: Signals, log: Signals, known: (environment: Environment) => void): Requests {
  return (environment, sinceMs) => {
    const { name, cloud, runtime } = environment;
    known(environment);
    return (cloud.kind === 'real' && runtime === 'aws' ? log : edge).requests(name, sinceMs);
  };
}

/** The same, bound to this machine's edge and to the clouds. */
export function requestsOn(edge: Signals, clouds: Clouds): Requests {
  const places = new Map<string, Environment>();
  const cloud = (name: string) => clouds.of(places.get(name) as Environment);
  return requestsOf(edge, requestLog({ cloud }), (environment) => void places.set(environment.name, environment));
}
