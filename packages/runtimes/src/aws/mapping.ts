import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { type CloudAccess, type Drift, SoundBiteError, type Target } from '@soundbite/model';
import { partitionOf } from '../infrastructure/assembly.ts';
import { poll } from '../waiting.ts';
import type { Clients } from './clients.ts';
import { type Aliased, type Component, componentsOf, type QueueFeed } from './components.ts';
import type { FencedClients } from './fence.ts';
import { retried } from './retry.ts';

/** The consumers of one queue of a component. */
export interface Feeding {
  /** Its own mapping feeds the component's alias. */
  readonly isFed: boolean;
  readonly drift: readonly Drift[];
  /** Its own mapping; undefined: it is gone. */
  readonly own: EventSourceMappingConfiguration | undefined;
  /** Mappings that somebody made from the queue to the component's function, and that are on. */
  readonly strays: readonly string[];
}

/** The consumers of all queues of a component, according to the account. */
export const feedings = (clients: Clients, target: Target, component: Component): Promise<Feeding[]> =>
  Promise.all(component.queues.map((queue) => feeding(clients, target, component, queue)));

/** The consumers of one queue of a component, according to the account: its own mapping, and any that no component has. */
export async function feeding(
  { lambda, access }: Clients,
  target: Target,
  component: Component,
  { mappingId: own, url }: QueueFeed,
): Promise<Feeding> {
  const { functionName: worker, alias } = component;
  const all: EventSourceMappingConfiguration[] = [];
  const EventSourceArn = queueArn(url, access);
  const declared = new Set(componentsOf(target).flatMap(({ queues }) => queues.map(({ mappingId }) => mappingId)));
  for await (const page of paginateListEventSourceMappings({ client: lambda }, { EventSourceArn }))
    all.push(...(page.EventSourceMappings ?? []));
  const mapping = all.find(({ UUID }) => UUID === own);
  const others = all.filter((one) => !declared.has(one.UUID ?? '') && isOn(one));
  const isAstray = mapping !== undefined && !leadsToLive(mapping, component);
  const detail = mapping ? `feeds ${mapping.FunctionArn} instead of ${worker}:${alias}` : 'is gone';
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

/** Switches a component's mappings, which feed the alias and nothing else. What else somebody mapped from its queues to its function is switched off. */
export async function setMappings(
  clients: FencedClients,
  target: Target,
  component: Component,
  wanted: boolean,
): Promise<void> {
  for (const queue of component.queues) await setMapping(clients, target, component, queue, wanted);
}

async function setMapping(
  clients: FencedClients,
  target: Target,
  component: Component,
  queue: QueueFeed,
  wanted: boolean,
): Promise<void> {
  const { mappingId: UUID } = queue;
  const { functionName: worker, alias } = component;
  const { strays, own } = await feeding(clients, target, component, queue);
  for (const stray of strays) await update(clients, stray, { Enabled: false });
  const settled = async () => {
    const mapping = await clients.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return mapping.State === (wanted ? 'Enabled' : 'Disabled') && leadsToLive(mapping, component) ? true : undefined;
  };
  const before = own ?? (await clients.lambda.send(new GetEventSourceMappingCommand({ UUID })));
  if (before.State === (wanted ? 'Enabled' : 'Disabled') && leadsToLive(before, component)) return;
  const change = { Enabled: wanted, ...(leadsToLive(before, component) ? {} : { FunctionName: `${worker}:${alias}` }) };
  await update(clients, UUID, change).catch((error: Error) => {
    throw error.name === refusalName ? refused(error, target, component, UUID, wanted) : error;
  });
  if (await poll(settled, { everyMs: clients.everyMs, withinMs: 180_000 })) return;
  throw new SoundBiteError(
    'mapping-stuck',
    `the mapping ${UUID} of the ${component.name} is not ${wanted ? 'enabled' : 'disabled'} after 3 min`,
    {
      hint: `see: soundbite aws ${target.environment.name} lambda get-event-source-mapping --uuid ${UUID}`,
    },
  );
}

const refusalName = 'InvalidParameterValueException';

/** AWS judges a queue anew whenever its mapping is changed, also when it is switched off: its timeout, and what the function's role may do with it. */
function refused(cause: Error, { environment }: Target, { name }: Component, UUID: string, wanted: boolean) {
  const what = `the mapping ${UUID} of the ${name} cannot be ${wanted ? 'enabled' : 'disabled'}: ${cause.message}`;
  const hint = `somebody changed the queue or the role by hand; put it back: soundbite repair ${environment.name}; then run the command again`;
  return new SoundBiteError('mapping-stuck', what, { hint, cause });
}

/** Whether AWS refused to switch a mapping for what somebody did to its queue or its role. */
export const isRefusedSwitch = (error: unknown): boolean =>
  error instanceof SoundBiteError &&
  error.code === 'mapping-stuck' &&
  error.cause instanceof Error &&
  error.cause.name === refusalName;

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

const leadsToLive = (
  { FunctionArn = '' }: EventSourceMappingConfiguration,
  { functionName, alias }: Aliased,
): boolean => FunctionArn.endsWith(`:function:${functionName}:${alias}`);

const isOf = (functionArn = '', worker: string): boolean =>
  functionArn.endsWith(`:function:${worker}`) || functionArn.includes(`:function:${worker}:`);

/** The stack gives the queue's address; mappings know it by its ARN. */
function queueArn(queueUrl: string, { account, region }: CloudAccess): string {
  const name = queueUrl.split('/').at(-1) ?? '';
  return `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`;
}
