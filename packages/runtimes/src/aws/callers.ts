import { createHash } from 'node:crypto';
import {
  AddPermissionCommand,
  GetPolicyCommand,
  RemovePermissionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { type Invoker, toldInvokers } from '@soundbite/model';
import { type AliasTarget, readAlias } from './alias.ts';
import type { Clients } from './clients.ts';
import type { Aliased, Component } from './components.ts';
import type { FencedClients } from './fence.ts';
import { isDenied, retried } from './retry.ts';

type Called = Aliased & Pick<Component, 'callers'>;

/** Statements of an alias's policy that begin so are the control plane's own. CloudFormation's begin with the name of a stack, which has no underscore. */
const ours = 'soundbite_caller_';

/**
 * Lets rules and topics call a component's alias, or no longer. Unlike a queue's mapping they cannot rest: what they send while they may not call is lost, as if they were not there. So
 * nothing of them is taken while a release is live.
 */
export async function setCallers(clients: FencedClients, component: Called, wanted: boolean): Promise<void> {
  const { functionName: FunctionName, alias: Qualifier, callers } = component;
  const present = new Set(await ownStatements(clients, component));
  const named = new Map(callers.map((caller) => [statementOf(caller), caller]));
  const act = (change: () => Promise<unknown>) =>
    retried({ kind: clients.access.kind, firstMs: clients.everyMs }, async () => {
      await clients.hold();
      await change();
    });
  for (const [StatementId, { principal, source, account }] of named) {
    if (!wanted || present.has(StatementId)) continue;
    const permission = new AddPermissionCommand({
      ...{ FunctionName, Qualifier, StatementId, Action: 'lambda:InvokeFunction', Principal: principal },
      ...(source === null ? {} : { SourceArn: source }),
      ...(account === null ? {} : { SourceAccount: account }),
    });
    await act(() => clients.lambda.send(permission).catch(unless(ResourceConflictException)));
  }
  for (const StatementId of present) {
    if (wanted && named.has(StatementId)) continue;
    const permission = new RemovePermissionCommand({ FunctionName, Qualifier, StatementId });
    await act(() => clients.lambda.send(permission).catch(unless(ResourceNotFoundException)));
  }
}

/** As it calls a permission: another rule in the place of one is another statement. */
function statementOf({ id, principal, source, account }: Component['callers'][number]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([id, principal, source, account]))
    .digest('hex');
  return `${ours}${id.slice(0, 60)}_${digest.slice(0, 8)}`;
}

/** What is so already is no error. */
const unless =
  (kind: typeof ResourceConflictException | typeof ResourceNotFoundException) =>
  (error: unknown): void => {
    if (!(error instanceof kind)) throw error;
  };

/** Of what nothing calls, too: its last rule may be gone. An account may have been prepared before anybody looked there; then there is none. */
async function ownStatements(
  { lambda }: Clients,
  { functionName: FunctionName, alias: Qualifier, callers }: Called,
): Promise<string[]> {
  try {
    const { Policy = '{}' } = await lambda.send(new GetPolicyCommand({ FunctionName, Qualifier }));
    return toldInvokers(Policy, `${FunctionName}:${Qualifier}`)
      .map(({ statement }) => statement)
      .filter((statement) => statement.startsWith(ours));
  } catch (error) {
    if (error instanceof ResourceNotFoundException || (callers.length === 0 && isDenied(error))) return [];
    throw error;
  }
}

/** Rules and topics as permissions tell them. */
export const heldInvokers = ({ callers }: Called): readonly Invoker[] =>
  callers.map(({ principal, source }) => ({ principal, source: source ?? undefined }));

/** Whether an alias takes traffic: what may call it only then has to be able to. */
export async function isCalled(clients: Clients, component: Called): Promise<boolean> {
  return component.callers.length > 0 && serves(await readAlias(clients, component), component);
}

const serves = ({ version, serves: isOn }: AliasTarget, { first }: Aliased): boolean =>
  version !== first || isOn === true;
