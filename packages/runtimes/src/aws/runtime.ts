import { type Edge, type Runtime, stackOutputs } from '@soundbite/model';
import { outputOf } from '../outputs.ts';
import { lambdaCapacity } from './capacity.ts';
import { withClients } from './clients.ts';
import { withFence } from './fence.ts';
import { installVersions } from './install.ts';
import { invokeApi, invokeWorkerVersion } from './invoke.ts';
import { lambdaLogs } from './logs.ts';
import { observeVersions } from './observe.ts';
import { retireVersions } from './retire.ts';
import { knownVersion, versionsOf } from './versions.ts';
import { shift } from './weights.ts';

export interface AwsRuntimeOptions {
  readonly edge: Edge;
  /** How often something that settles is looked at, in ms; 1000 on AWS by default, 20 on an emulated account. */
  readonly everyMs?: number;
  /** How long AWS may take until a moved alias is answered by the wanted version alone, in ms; a minute by default. */
  readonly settlesWithinMs?: number;
}

/** Lambda: versions and the `live` aliases of both functions. The edge gives emulated accounts their stable URL. */
export function awsRuntime({ edge, everyMs, settlesWithinMs = 60_000 }: AwsRuntimeOptions): Runtime {
  return {
    kind: 'aws',
    capacity: (place, template) => withClients(place, (clients) => lambdaCapacity(clients, template), everyMs),
    install: (target, release, fence) =>
      withFence(target, fence, (clients) => installVersions(clients, edge, target, release), everyMs),
    setWeights: (target, weights, direction, fence) =>
      withFence(target, fence, (clients) => shift(clients, edge, target, weights, direction, settlesWithinMs), everyMs),
    retire: (target, keep, fence) =>
      withFence(target, fence, (clients) => retireVersions(clients, target, keep), everyMs),
    observe: (target) => withClients(target, (clients) => observeVersions(clients, edge, target)),
    request: (target, release, request) =>
      withClients(target, async (clients) => {
        const name = outputOf(target, stackOutputs.apiFunction);
        const { version } = knownVersion(await versionsOf(clients.lambda, name), release, name);
        return invokeApi(clients, name, version, request);
      }),
    invokeWorker: (target, release, event, withinMs) =>
      withClients(target, async (clients) => {
        const name = outputOf(target, stackOutputs.workerFunction);
        const { version } = knownVersion(await versionsOf(clients.lambda, name), release, name);
        return invokeWorkerVersion(clients, name, version, event, withinMs);
      }),
    logs: lambdaLogs,
  };
}
