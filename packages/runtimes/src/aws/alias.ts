import { GetAliasCommand, UpdateAliasCommand, type UpdateAliasCommandInput } from '@aws-sdk/client-lambda';
import type { Digest } from '@soundbite/model';
import type { Clients } from './clients.ts';
import type { Aliased } from './components.ts';
import type { FencedClients } from './fence.ts';
import { noteOf, releasesIn } from './labels.ts';
import { retried } from './retry.ts';

/** Where an alias points: one version, and at most one more with a share of 0 to 1 of the traffic. */
export interface AliasTarget {
  readonly version: string;
  /** On the static version: whether it has traffic there. Before the first promotion, and where all traffic was taken, it only stands there. */
  readonly serves?: boolean;
  readonly other?: { readonly version: string; readonly share: number };
  /** For which releases it stands there, the main one first, where its description is to say so or does; see `noteOf`. */
  readonly releases?: readonly Digest[];
}

/** An alias according to the account. */
export interface FoundAlias extends AliasTarget {
  readonly arn: string;
  readonly revision?: string;
  readonly description: string;
  readonly releases: readonly Digest[];
}

/** The description of an alias that has traffic on the static version. Nothing else says so where neither an edge nor a queue leads to the function. */
const servingNote = 'takes traffic';

/** Where the alias points now, by the account. */
export async function readAlias(
  { lambda }: Clients,
  { functionName, alias: Name, first }: Aliased,
): Promise<FoundAlias> {
  const alias = await lambda.send(new GetAliasCommand({ FunctionName: functionName, Name }));
  const [other] = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
  const releases = releasesIn(alias.Description);
  const serves = alias.Description === servingNote || releases.length > 0;
  return {
    version: alias.FunctionVersion ?? '',
    arn: alias.AliasArn ?? '',
    description: alias.Description ?? '',
    releases,
    ...(alias.FunctionVersion === first ? { serves } : {}),
    ...(other && other[1] > 0 ? { other: { version: other[0], share: other[1] } } : {}),
    ...(alias.RevisionId === undefined ? {} : { revision: alias.RevisionId }),
  };
}

/** Points it elsewhere, unless it is there already; the alias by its ARN. */
export async function pointAlias(
  clients: FencedClients,
  aliased: Aliased,
  wanted: AliasTarget,
): Promise<{ readonly arn: string }> {
  return retried({ kind: clients.access.kind, firstMs: clients.everyMs }, async () => {
    const present = await readAlias(clients, aliased);
    const description = descriptionOf(wanted, present, aliased);
    const isThere =
      present.version === wanted.version &&
      present.description === (description ?? present.description) &&
      present.other?.version === wanted.other?.version &&
      present.other?.share === wanted.other?.share;
    if (isThere) return present;
    await update(clients, aliased, present, {
      FunctionVersion: wanted.version,
      ...(description === undefined ? {} : { Description: description }),
      RoutingConfig: {
        AdditionalVersionWeights: wanted.other ? { [wanted.other.version]: wanted.other.share } : {},
      },
    });
    return present;
  });
}

/** What the alias is to say; undefined: as it is. Releases that it names already may be gone back to. */
function descriptionOf(
  { releases, version, serves }: AliasTarget,
  present: FoundAlias,
  { first }: Aliased,
): string | undefined {
  if (releases) return noteOf([...releases, ...present.releases]);
  if (version !== first) return undefined;
  return serves ? servingNote : '';
}

/** Makes an alias name the releases that a change of those that it names gives; where it points stays. */
export async function noteReleases(
  clients: FencedClients,
  aliased: Aliased,
  change: (named: readonly Digest[]) => readonly Digest[],
): Promise<void> {
  await retried({ kind: clients.access.kind, firstMs: clients.everyMs }, async () => {
    const present = await readAlias(clients, aliased);
    const releases = change(present.releases);
    if (isSame(releases, present.releases)) return;
    const none = present.serves ? servingNote : '';
    await update(clients, aliased, present, { Description: releases.length > 0 ? noteOf(releases) : none });
  });
}

const isSame = (some: readonly Digest[], others: readonly Digest[]): boolean => some.join() === others.join();

async function update(
  clients: FencedClients,
  { functionName: FunctionName, alias: Name }: Aliased,
  { revision }: FoundAlias,
  change: Omit<UpdateAliasCommandInput, 'FunctionName' | 'Name'>,
): Promise<void> {
  await clients.hold();
  await clients.lambda.send(
    new UpdateAliasCommand({
      ...{ FunctionName, Name },
      ...change,
      ...(revision === undefined ? {} : { RevisionId: revision }),
    }),
  );
}
