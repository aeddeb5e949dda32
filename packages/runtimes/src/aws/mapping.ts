import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { type CloudAccess, type Drift, liveAlias, SoundBiteError, stackOutputs, type Target } from '@soundbite/model';
import { outputOf } from '../outputs.ts';
import { poll } from '../waiting.ts';
import type { Clients } from './clients.ts';
import type { FencedClients } from './fence.ts';
import { retried } from './retry.ts';

/** The consumers of the queue. */
export interface Feeding {
  /** The worker's own mapping feeds its `live` alias. */
  readonly isFed: boolean;
  readonly drift: readonly Drift[];
  /** The worker's own mapping; undefined: it is gone. */
  readonly own: EventSourceMappingConfiguration | undefined;
  /** Mappings that somebody made from the queue to the worker's function, and that are on. */
  readonly strays: readonly string[];
}

/** The consumers of the queue, according to the account: the worker's mapping, and any other mapping. */
export async function feeding({ lambda, access }: Clients, target: Target): Promise<Feeding> {
  const worker = outputOf(target, stackOutputs.workerFunction);
  const own = outputOf(target, stackOutputs.workerMappingId);
  const all: EventSourceMappingConfiguration[] = [];
  const EventSourceArn = queueArn(target, access);
  for await (const page of paginateListEventSourceMappings({ client: lambda }, { EventSourceArn }))
    all.push(...(page.EventSourceMappings ?? []));
  const mapping = all.find(({ UUID }) => UUID === own);
  const others = all.filter((one) => one.UUID !== own && isOn(one));
  const isAstray = mapping !== undefined && !leadsToLive(mapping, worker);
  const detail = mapping ? `feeds ${mapping.FunctionArn} instead of ${worker}:${liveAlias}` : 'is gone';
  return {
    isFed: mapping !== undefined && isOn(mapping) && !isAstray,
    own: mapping,
    drift: [
      ...(mapping && !isAstray ? [] : [{ where: `queue mapping ${own}`, detail, inTraffic: true }]),
      ...others.map(({ UUID, FunctionArn = '' }) => ({
        where: `queue mapping ${UUID}`,
        detail: `takes jobs from the queue for ${FunctionArn}, and no release declares it`,
        inTraffic: true,
        ...(isOf(FunctionArn, worker)
          ? {}
          : {
              hint: `soundbite aws ${target.environment.name} lambda update-event-source-mapping --uuid ${UUID} --no-enabled`,
            }),
      })),
    ],
    strays: others.flatMap(({ UUID, FunctionArn }) => (UUID && isOf(FunctionArn, worker) ? [UUID] : [])),
  };
}

/** Switches the worker's mapping, which feeds the `live` alias and nothing else. What else somebody mapped from the queue to the worker's function is switched off. */
export async function setMapping(clients: FencedClients, target: Target, wanted: boolean): Promise<void> {
  const UUID = outputOf(target, stackOutputs.workerMappingId);
  const worker = outputOf(target, stackOutputs.workerFunction);
  const { strays, own } = await feeding(clients, target);
  for (const stray of strays) await update(clients, stray, { Enabled: false });
  const settled = async () => {
    const mapping = await clients.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return mapping.State === (wanted ? 'Enabled' : 'Disabled') && leadsToLive(mapping, worker) ? true : undefined;
  };
  const before = own ?? (await clients.lambda.send(new GetEventSourceMappingCommand({ UUID })));
  if (before.State === (wanted ? 'Enabled' : 'Disabled') && leadsToLive(before, worker)) return;
  await update(clients, UUID, {
    Enabled: wanted,
    ...(leadsToLive(before, worker) ? {} : { FunctionName: `${worker}:${liveAlias}` }),
  });
  if (await poll(settled, { everyMs: clients.everyMs, withinMs: 180_000 })) return;
  throw new SoundBiteError(
    'mapping-stuck',
    `the worker's mapping ${UUID} is not ${wanted ? 'enabled' : 'disabled'} after 3 min`,
    {
      hint: `see: soundbite aws ${target.environment.name} lambda get-event-source-mapping --uuid ${UUID}`,
    },
  );
}

async function update(
  { lambda, access, everyMs, hold }: FencedClients,
  UUID: string,
  change: { readonly Enabled: boolean; readonly FunctionName?: string },
): Promise<void> {
  await hold();
  await retried({ kind: access.kind, firstMs: everyMs }, () =>
    lambda.send(new UpdateEventSourceMappingCommand({ UUID, ...change })),
  );
}

const isOn = ({ State }: EventSourceMappingConfiguration): boolean =>
  State === 'Enabled' || State === 'Enabling' || State === 'Updating' || State === 'Creating';

const leadsToLive = ({ FunctionArn = '' }: EventSourceMappingConfiguration, worker: string): boolean =>
  FunctionArn.endsWith(`:function:${worker}:${liveAlias}`);

const isOf = (functionArn = '', worker: string): boolean =>
  functionArn.endsWith(`:function:${worker}`) || functionArn.includes(`:function:${worker}:`);

/** The stack gives the queue's address; mappings know it by its ARN. */
function queueArn({ outputs }: Target, { account, region }: CloudAccess): string {
  const partition = outputs[stackOutputs.workerRoleArn]?.split(':')[1] ?? 'aws';
  const name = outputs[stackOutputs.queueUrl]?.split('/').at(-1) ?? '';
  return `arn:${partition}:sqs:${region}:${account}:${name}`;
}
