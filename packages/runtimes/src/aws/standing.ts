import { type Address, type Environment, type Standing, stackOutputs } from '@soundbite/model';
import { behindEdge, type Machine } from '../here.ts';
import { loggedRequests } from './request-log.ts';

/** AWS throttles and others share its limits. */
const awsLooksEveryMs = 15_000;

/** An emulated account is on this machine, and the edge gives it its address. Of AWS nothing is here. */
const isHere = ({ cloud }: Environment): boolean => cloud.kind === 'emulated';

/** Where Lambda is reached: behind this machine's edge on an emulated account, behind API Gateway on AWS. */
export function standingOfFunctions(machine: Machine) {
  const here = behindEdge(machine);
  return {
    keepsVersions: true,
    isHere,
    looksEveryMs: (environment) => (isHere(environment) ? 0 : awsLooksEveryMs),
    address: async (environment, outputs) =>
      isHere(environment) ? here.address(environment) : atGateway(environment, outputs?.[stackOutputs.apiId]),
    async rest(environment, generation) {
      if (isHere(environment)) await here.rest(environment, generation);
    },
    requests: (place, since) =>
      isHere(place.environment) ? here.requests(place, since) : loggedRequests(place, since),
    life: async (environment) => (isHere(environment) ? here.life(environment) : environment.cloud.account),
  } satisfies Omit<Standing, 'takeDown'>;
}

const atGateway = ({ cloud, authorizer }: Environment, apiId: string | undefined): Address | null =>
  apiId === undefined
    ? null
    : { url: `https://${apiId}.execute-api.${cloud.region}.amazonaws.com`, wantsToken: authorizer !== undefined };
