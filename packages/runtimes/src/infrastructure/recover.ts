import type { Stack } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeSecretCommand, RestoreSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type CloudAccess, clientOptions, markTakenOut, SoundBiteError, type StackMember } from '@soundbite/model';
import { asRecord, readTemplate } from '@soundbite/model/template.ts';
import { bringStack, type Recovery, withoutFailedCreate } from './bring.ts';
import { executeChangeSet, makeChangeSet } from './change-set.ts';
import { withCloudFormation } from './client.ts';
import { type Eyes, withEyes } from './eyes.ts';
import { unlessGone } from './gone.ts';
import { namedTypes, nameOf, standingMembers } from './leftovers.ts';
import { exportsMentioning } from './loosen.ts';
import { membersOf } from './members.ts';
import { missingOf } from './presence.ts';
import { type Altered, type DriftLook, lookForDrift, withSettings } from './settings.ts';
import { deleteStack, deployedTemplate, describeStack, parametersOf, protect, settledStack } from './stack.ts';
import { standingParameters } from './standing-parameters.ts';
import { withoutResources } from './surgery.ts';
import { isWhole, neverWas } from './trouble.ts';
import { rolledBack } from './unwedge.ts';
import { valuesIn } from './values.ts';

/** See `Infrastructure.recover`. */
export async function recoverStack(recovery: Recovery): Promise<string[]> {
  const { client, wanted, pace, looker } = recovery;
  try {
    return await withEyes(looker, async (eyes) => {
      const settled = await settledStack(client, wanted.stack, pace);
      const { stack: present, done } = await rolledBack(recovery, eyes, settled);
      const freed = present?.StackStatus === 'DELETE_FAILED' ? await letGo(recovery, eyes, present) : [];
      const stack = freed.length > 0 ? null : present;
      if (!stack || neverWas(stack)) return [...freed, ...(await takeBack(recovery, eyes, stack))];
      const drift = await driftNow(recovery, stack);
      const taken = await takeOut(recovery, eyes, stack, drift.found);
      const { altered } =
        taken.length === 0 ? drift : await driftNow(recovery, await settledStack(client, wanted.stack, pace));
      return [...done, ...taken, ...(await takeIn(recovery, altered))];
    });
  } catch (error) {
    // Not the release's fault, whatever CloudFormation says of a template that no release holds.
    if (error instanceof SoundBiteError && error.code === 'infrastructure-failed')
      throw unrecovered(wanted.stack, error.message, error);
    throw error;
  }
}

const driftNow = ({ pace, looker }: Recovery, stack: Stack | null): Promise<DriftLook> =>
  withCloudFormation(looker, (looking) => lookForDrift(looking, stack, pace));

/** Resources that could not be deleted stay in the account without their stack, if they hold data; empty ones are deleted. */
async function letGo(recovery: Recovery, eyes: Eyes, stack: Stack): Promise<string[]> {
  const { client, wanted, pace, hold } = recovery;
  const members = await membersOf(client, wanted.stack);
  const gone = new Set(
    (await missingOf(eyes, await deployedTemplate(client, wanted.stack), members, recovery)).map(({ id }) => id),
  );
  const kept = members.filter(({ id, type }) => !gone.has(id) && namedTypes[type]?.identifier !== undefined);
  await hold();
  if (stack.EnableTerminationProtection) await protect(client, wanted.stack, false);
  const left = await deleteStack(
    client,
    stack,
    pace,
    [...kept, ...members.filter(({ id }) => gone.has(id))].map(({ id }) => id),
  );
  if (left) throw unrecovered(wanted.stack, `its deletion fails again: ${left.StackStatusReason ?? left.StackStatus}`);
  return [`what was left of the half deleted stack is ended, ${listed(kept)} kept`];
}

/** The new stack adopts what a deleted one left under our names, with its data. */
async function takeBack(recovery: Recovery, eyes: Eyes, failed: Stack | null): Promise<string[]> {
  const { client, wanted, pace, hold, looker, template } = recovery;
  await restoreSecrets(recovery, eyes, secretsIn(template, looker));
  const found = await standingMembers(eyes, template, looker);
  const stuck = found.filter(({ type }) => namedTypes[type]?.identifier === undefined);
  if (stuck.length > 0) throw inTheWay(wanted.stack, stuck);
  if (found.length === 0) return [];
  await withoutFailedCreate(recovery, failed);
  const change = {
    ...wanted,
    attempt: `${wanted.attempt}-import`,
    template: importing(template, found, looker),
    imports: found.map(({ id, type, physicalId }) => ({
      LogicalResourceId: id,
      ResourceType: type,
      ResourceIdentifier: { [namedTypes[type]?.identifier ?? '']: physicalId },
    })),
  };
  await makeChangeSet(client, change, 'IMPORT', pace);
  const before = await describeStack(client, wanted.stack);
  await hold();
  const after = await executeChangeSet(client, change, before, pace, async () => {});
  const [status, why] = [after?.StackStatus ?? 'gone', after?.StackStatusReason ?? 'no reason given'];
  if (isWhole(after)) return [`adopted as they are: ${listed(found)}`];
  throw unrecovered(wanted.stack, `${status}: ${why}`);
}

/** Missing resources leave the stack, so that the next deploy creates them again. A secret scheduled for deletion is restored. `found` was just seen. */
async function takeOut(recovery: Recovery, eyes: Eyes, stack: Stack, found: ReadonlySet<string>): Promise<string[]> {
  const { client, wanted, looker, exports } = recovery;
  const members = await membersOf(client, wanted.stack);
  const template = await deployedTemplate(client, wanted.stack);
  const seen = await missingOf(eyes, template, members, { found, exports });
  if (seen.length === 0) return [];
  const secrets = seen.filter(({ type }) => type === secretType);
  const restored = await restoreSecrets(
    recovery,
    eyes,
    secrets.map(({ physicalId }) => physicalId),
  );
  // Looked at once more: what leaves the stack while it exists would be deleted.
  const again = await missingOf(eyes, template, members, { exports });
  const missing = again.filter(({ id }) => seen.some((one) => one.id === id));
  const done = restored.length > 0 ? [`brought back before their end: ${restored.join(', ')}`] : [];
  if (missing.length === 0) return done;
  const reduced = markTakenOut(
    withoutResources(template, missing, valuesIn(stack, template, looker)),
    missing.map(({ id }) => id),
  );
  if (Object.keys(asRecord(reduced.Resources)).length === 0) throw unrecovered(wanted.stack, 'nothing of it is left');
  const parameters = standingParameters(parametersOf(stack), wanted.parameters, reduced);
  await recovery.loosen(exportsMentioning(template, new Set(missing.map(({ id }) => id))));
  await bringStack(
    { ...recovery, wanted: { ...wanted, attempt: `${wanted.attempt}-without`, template: reduced, parameters } },
    stack,
  );
  return [...done, `created again, deleted by hand: ${listed(missing)}`];
}

/**
 * Settings that somebody changed become the stack's own, as they were found, so that the deploy that follows changes them back. Where CloudFormation
 * does not take them, that is said and the deploy goes on: what they spoil is for the gates to see.
 */
async function takeIn(recovery: Recovery, altered: readonly Altered[]): Promise<string[]> {
  const freed = await freeCapacity(recovery, altered);
  const left = altered.map(({ found, ...one }) => ({
    ...one,
    found: new Map([...found].filter(([name]) => name !== billingMode)),
  }));
  const adopted = await adopt(
    recovery,
    left.filter(({ found }) => found.size > 0),
  );
  return [...(freed.length > 0 ? [`restored, changed by hand: ${freed.join(', ')}`] : []), ...adopted];
}

/** All at once; what CloudFormation refuses is not to keep the others as they are. */
async function adopt(recovery: Recovery, altered: readonly Altered[]): Promise<string[]> {
  if (altered.length === 0) return [];
  const { client, wanted, pace } = recovery;
  const stack = await settledStack(client, wanted.stack, pace);
  if (!stack) return [];
  const what = altered.map(({ id, found }) => `${id} (${[...found.keys()].join(', ')})`).join(', ');
  const template = withSettings(await deployedTemplate(client, wanted.stack), altered);
  const attempt = `${wanted.attempt}-found${altered.length > 1 ? '' : `-${altered[0]?.id.toLowerCase()}`}`;
  const parameters = standingParameters(parametersOf(stack), wanted.parameters, template);
  try {
    await bringStack({ ...recovery, wanted: { ...wanted, attempt, template, parameters } }, stack);
    return [`restored, changed by hand: ${what}`];
  } catch (error) {
    if (!(error instanceof SoundBiteError) || !unsuited.has(error.code)) throw error;
    if (altered.length === 1) return [`somebody changed ${what}, and it cannot be restored: ${error.message}`];
    const each: string[] = [];
    for (const one of altered) each.push(...(await adopt(recovery, [one])));
    return each;
  }
}

/** No template can restore what was found: CloudFormation refuses it, or AWS does not allow it. */
const unsuited: ReadonlySet<string> = new Set(['infrastructure-failed', 'cloud-denied']);

const billingMode = 'BillingMode';

/** Sets a table with provisioned capacity back to on-demand. CloudFormation would need that capacity in its template, and refuses an update that changes nothing. */
async function freeCapacity({ deployer }: Recovery, altered: readonly Altered[]): Promise<string[]> {
  const provisioned = altered.filter(({ found }) => found.get(billingMode) === 'PROVISIONED');
  const dynamo = new DynamoDBClient(clientOptions(deployer));
  try {
    for (const { physicalId: TableName } of provisioned)
      await dynamo.send(new UpdateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST' }));
  } finally {
    dynamo.destroy();
  }
  return provisioned.map(({ id }) => `${id} (${billingMode})`);
}

const secretType = 'AWS::SecretsManager::Secret';

const secretsIn = (template: unknown, place: CloudAccess): string[] =>
  [...readTemplate(template).resources.values()].flatMap(({ type, properties }) =>
    type === secretType ? [nameOf(type, properties, place) ?? []].flat() : [],
  );

/** Brings back the secrets of these names or ARNs that wait for their end; says which. */
async function restoreSecrets({ deployer }: Recovery, eyes: Eyes, ids: readonly string[]): Promise<string[]> {
  const seen = await Promise.all(
    ids.map((SecretId) => unlessGone(eyes.secrets.send(new DescribeSecretCommand({ SecretId })))),
  );
  const waiting = seen.flatMap((one) =>
    one?.ARN && one.DeletedDate ? [{ arn: one.ARN, name: one.Name ?? one.ARN }] : [],
  );
  const secrets = new SecretsManagerClient(clientOptions(deployer));
  try {
    for (const { arn } of waiting) await secrets.send(new RestoreSecretCommand({ SecretId: arn }));
  } finally {
    secrets.destroy();
  }
  return waiting.map(({ name }) => name);
}

/** The template by which a stack takes in what exists, and nothing else. An import declares no outputs, and what it takes in outlives its failure. */
function importing(template: unknown, found: readonly StackMember[], place: CloudAccess) {
  const others = [...readTemplate(template).resources.values()]
    .filter(({ id }) => !found.some((one) => one.id === id))
    .map(({ id, type, properties }): StackMember => ({ id, type, physicalId: nameOf(type, properties, place) ?? '' }));
  const known = valuesIn(null, template, place);
  const {
    Outputs: _none,
    Resources,
    ...rest
  } = withoutResources(template, others, (member, attribute) =>
    member.physicalId === '' ? undefined : known(member, attribute),
  );
  const kept = Object.entries(asRecord(Resources)).map(([id, resource]) => [
    id,
    { ...asRecord(resource), DeletionPolicy: 'Retain' },
  ]);
  return markTakenOut(
    { ...rest, Resources: Object.fromEntries(kept) },
    others.map(({ id }) => id),
  );
}

const listed = (members: readonly StackMember[]) => members.map(({ id }) => id).join(', ');

const unrecovered = (stack: string, why: string, cause?: unknown) =>
  new SoundBiteError('recovery-failed', `stack ${stack} cannot be fixed: ${why}`, {
    hint: `see its events (soundbite aws <environment> cloudformation describe-stack-events --stack-name ${stack}), fix what they name, then run the command again`,
    cause,
  });

const inTheWay = (stack: string, members: readonly StackMember[]) =>
  new SoundBiteError(
    'recovery-failed',
    `${members.map(({ physicalId }) => physicalId).join(' and ')} survived stack ${stack}and cannot be imported into a new one`,
    {
      hint: `they hold no data; delete them (${members.map(({ physicalId }) => `soundbite aws <environment> lambda delete-function --function-name ${physicalId}`).join('; ')}), then run the command again`,
    },
  );
