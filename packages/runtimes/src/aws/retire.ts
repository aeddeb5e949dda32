import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { type Digest, stackOutputs, type Target } from '@soundbite/model';
import { outputOf } from '../outputs.ts';
import { readAlias } from './alias.ts';
import type { FencedClients } from './fence.ts';
import { retried } from './retry.ts';
import { staticVersion, versionsOf } from './versions.ts';

/** Deletes the versions of releases that are not kept; never the static one, never one that an alias uses. */
export async function retireVersions(clients: FencedClients, target: Target, keep: readonly Digest[]): Promise<void> {
  const names = [outputOf(target, stackOutputs.apiFunction), outputOf(target, stackOutputs.workerFunction)];
  await Promise.all(names.map((name) => retireOf(clients, name, keep)));
}

async function retireOf(clients: FencedClients, FunctionName: string, keep: readonly Digest[]): Promise<void> {
  const [versions, alias] = await Promise.all([
    versionsOf(clients.lambda, FunctionName),
    readAlias(clients, FunctionName),
  ]);
  const held = new Set([staticVersion, alias.version, alias.other?.version]);
  for (const { version, release } of versions) {
    if (held.has(version) || (release && keep.includes(release))) continue;
    await clients.hold();
    await retried({ kind: clients.access.kind, firstMs: clients.everyMs }, () =>
      // Qualified in its name: the controller may delete versions, never a function.
      clients.lambda.send(new DeleteFunctionCommand({ FunctionName: `${FunctionName}:${version}` })),
    );
  }
}
