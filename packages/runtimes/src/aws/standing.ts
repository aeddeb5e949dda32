import {
  type Address,
  contractPaths,
  type Environment,
  fixedApi,
  type HealthPaths,
  type StackOutputs,
  type Standing,
} from '@soundbite/model';
import { behindEdge, type Machine } from '../here.ts';
import { hostSuffixOf } from '../infrastructure/assembly.ts';
import { type HttpWay, httpComponent, isOfContract, saysComponents } from './components.ts';
import { loggedRequests } from './request-log.ts';
import type { VersionNames } from './version-names.ts';

/** AWS throttles and others share its limits. */
const awsLooksEveryMs = 15_000;

/** An emulated account is on this machine, and the edge gives it its address. Of AWS nothing is here. */
const isHere = ({ cloud }: Environment): boolean => cloud.kind === 'emulated';

/** Where Lambda is reached: behind this machine's edge on an emulated account, behind API Gateway or at a function's URL on AWS. */
export function standingOfFunctions(machine: Machine, names: VersionNames) {
  const here = behindEdge(machine);
  return {
    keepsVersions: true,
    isHere,
    looksEveryMs: (environment) => (isHere(environment) ? 0 : awsLooksEveryMs),
    async address(environment, outputs) {
      if (!isHere(environment)) return atGateway(environment, outputs);
      return isReached(environment, outputs) ? here.address(environment) : null;
    },
    healthPaths,
    async rest(environment, generation) {
      if (isHere(environment)) await here.rest(environment, generation);
    },
    async requests(place, since) {
      const { name } = place.environment;
      const page = isHere(place.environment)
        ? await here.requests(place, since)
        : await loggedRequests(place, since, { functionName: names.reached(name) });
      return { ...page, records: page.records.map((record) => names.named(name, record)) };
    },
    life: async (environment) => (isHere(environment) ? here.life(environment) : environment.cloud.account),
  } satisfies Omit<Standing, 'takeDown'>;
}

/** Without a stack it may yet be. */
const isReached = (environment: Environment, outputs: StackOutputs | null): boolean =>
  outputs === null || !saysComponents(outputs) || httpComponent({ environment, outputs }) !== null;

function atGateway(environment: Environment, outputs: StackOutputs | null): Address | null {
  const { cloud, authorizer } = environment;
  const way = reachedBy(environment, outputs);
  if (way === null) return null;
  if ('url' in way) return { url: way.url.replace(/\/$/, ''), wantsToken: false };
  const host = (api: string) => `https://${api}.execute-api.${cloud.region}.${hostSuffixOf(cloud.region)}`;
  // A stage of a REST API is a part of the path; what authorizes its callers is the service's own.
  if ('rest' in way) return { url: `${host(way.rest.api)}/${way.rest.stage}`, wantsToken: false };
  return {
    url: host(way.apiId),
    wantsToken: authorizer !== undefined,
  };
}

function reachedBy(environment: Environment, outputs: StackOutputs | null): HttpWay | null {
  if (outputs === null) return null;
  if (saysComponents(outputs)) return httpComponent({ environment, outputs })?.way ?? null;
  const apiId = fixedApi(outputs);
  return apiId === null ? null : { apiId };
}

/** Without a stack nothing is known of its service: it is asked as one that keeps the contract. */
async function healthPaths(environment: Environment, outputs: StackOutputs | null): Promise<HealthPaths | null> {
  if (outputs === null || isOfContract({ environment, outputs })) return contractPaths;
  const health = httpComponent({ environment, outputs })?.health ?? null;
  return health === null ? null : { alive: health, ready: health, keepsContract: false };
}
