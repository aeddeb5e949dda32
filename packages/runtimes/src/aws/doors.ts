import {
  DeleteAliasCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  paginateListAliases,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { type Drift, type Invoker, isSameInvoker, type Target, toldInvokers } from '@soundbite/model';
import { heldInvokers, isCalled } from './callers.ts';
import type { Clients } from './clients.ts';
import type { Aliased, Component } from './components.ts';
import type { FencedClients } from './fence.ts';
import type { Proving } from './proof.ts';
import { isDenied, retried } from './retry.ts';

/**
 * What else decides whether a function is reached, besides its versions and its alias: reserved concurrency (the template reserves none), other
 * aliases, and who may invoke it.
 */
export async function doorDrift(clients: Clients & Proving, target: Target, component: Component): Promise<Drift[]> {
  const { functionName: name } = component;
  try {
    const [reserved, others, invokers] = await Promise.all([
      reservedFor(clients, name),
      otherAliases(clients, component),
      invokerDrift(clients, target, component),
    ]);
    const limit = `runs at most ${reserved} times at once, and the release declares no limit`;
    return [
      ...(reserved === null ? [] : [{ where: name, detail: limit, inTraffic: true }]),
      ...others.map((alias) => ({
        where: `${name}:${alias}`,
        detail: 'is an alias that no release declares',
        inTraffic: false,
      })),
      ...invokers,
    ];
  } catch (error) {
    if (!isDenied(error)) throw error;
    // An account that was bootstrapped by an older SoundBite: its controller may not look yet.
    const hint = `soundbite bootstrap ${target.environment.name}`;
    return [{ where: name, detail: `cannot be read: ${error.message}`, hint, inTraffic: false }];
  }
}

/** Takes a limit of a function's concurrency away that somebody set. Says what it was. */
export async function freeConcurrency(clients: FencedClients, FunctionName: string): Promise<string[]> {
  const reserved = await reservedFor(clients, FunctionName).catch(ifMayNotLook(null));
  if (reserved === null) return [];
  await clients.hold();
  await retried({ kind: clients.access.kind, firstMs: clients.everyMs }, () =>
    clients.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName })),
  );
  return [`${FunctionName} (ran at most ${reserved} times at once)`];
}

/** Deletes aliases that no promotion made, and names them. Versions that only they used can go afterwards. */
export async function deleteOtherAliases(clients: FencedClients, aliased: Aliased): Promise<string[]> {
  const { functionName: FunctionName } = aliased;
  const others = await otherAliases(clients, aliased).catch(ifMayNotLook([]));
  for (const Name of others) {
    await clients.hold();
    await clients.lambda.send(new DeleteAliasCommand({ FunctionName, Name }));
  }
  return others.map((alias) => `${FunctionName}:${alias}`);
}

const ifMayNotLook =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (isDenied(error)) return instead;
    throw error;
  };

async function reservedFor({ lambda }: Clients, FunctionName: string): Promise<number | null> {
  const { Concurrency } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  return Concurrency?.ReservedConcurrentExecutions ?? null;
}

async function otherAliases({ lambda }: Clients, { functionName: FunctionName, alias }: Aliased): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateListAliases({ client: lambda }, { FunctionName }))
    for (const { Name } of page.Aliases ?? []) if (Name && Name !== alias) names.push(Name);
  return names;
}

/** Compares who may invoke the alias, and the function itself, with the deployed template and with whom the stack's components name. */
async function invokerDrift(clients: Clients & Proving, target: Target, component: Component): Promise<Drift[]> {
  const { functionName: FunctionName, alias } = component;
  const [declared, ofAlias, ofFunction, isServing] = await Promise.all([
    clients.invokers(component),
    policyOf(clients, FunctionName, alias),
    policyOf(clients, FunctionName),
    isCalled(clients, component),
  ]);
  if (!declared) return [];
  const where = `${FunctionName}:${alias}`;
  const held = heldInvokers(component);
  const needed = [...declared.ofAlias, ...(isServing ? held : [])];
  const known = [...declared.ofAlias, ...held];
  const barred = needed.filter((one) => !ofAlias.some((found) => isSameInvoker(one, found)));
  const strange = ofAlias.filter((found) => !known.some((one) => isSameInvoker(one, found)));
  const strangeOfFunction = ofFunction.filter((found) => !declared.ofFunction.some((one) => isSameInvoker(one, found)));
  const removal = (statement: string, qualifier: string) =>
    `soundbite aws ${target.environment.name} lambda remove-permission --function-name ${FunctionName}${qualifier} --statement-id ${statement}`;
  const told = (invoker: Invoker & { readonly statement: string }, at: string, qualifier: string): Drift => ({
    where: at,
    detail: `may be invoked by ${invokerText(invoker)}, and no release declares it`,
    hint: removal(invoker.statement, qualifier),
    inTraffic: false,
  });
  return [
    ...barred.map((one) => ({
      where,
      detail: `may not be invoked by ${invokerText(one)}, as the release declares`,
      hint: `soundbite repair ${target.environment.name}`,
      inTraffic: true,
    })),
    ...strange.map((one) => told(one, where, ` --qualifier ${alias}`)),
    ...strangeOfFunction.map((one) => told(one, FunctionName, '')),
  ];
}

const invokerText = ({ principal, source }: Invoker) => (source ? `${principal} for ${source}` : principal);

async function policyOf({ lambda }: Clients, FunctionName: string, Qualifier?: string) {
  try {
    const { Policy = '{}' } = await lambda.send(new GetPolicyCommand({ FunctionName, Qualifier }));
    return toldInvokers(Policy, Qualifier ? `${FunctionName}:${Qualifier}` : FunctionName);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}
