import { GetAliasCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { liveAlias } from '@soundbite/model';
import type { Clients } from './clients.ts';
import type { FencedClients } from './fence.ts';
import { retried } from './retry.ts';
import { staticVersion } from './versions.ts';

/** Where an alias points: one version, and at most one more with a share of 0 to 1 of the traffic. */
export interface AliasTarget {
  readonly version: string;
  /** On the static version: whether it has traffic there. Before the first promotion, and where all traffic was taken, it only stands there. */
  readonly serves?: boolean;
  readonly other?: { readonly version: string; readonly share: number };
}

/** The description of an alias that has traffic on the static version. Nothing else says so where neither an edge nor a queue leads to the function. */
const servingNote = 'takes traffic';

/** Where the alias points now, by the account. */
export async function readAlias(
  { lambda }: Clients,
  FunctionName: string,
): Promise<AliasTarget & { readonly arn: string; readonly revision?: string }> {
  const alias = await lambda.send(new GetAliasCommand({ FunctionName, Name: liveAlias }));
  const [other] = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
  return {
    version: alias.FunctionVersion ?? '',
    arn: alias.AliasArn ?? '',
    ...(alias.FunctionVersion === staticVersion ? { serves: alias.Description === servingNote } : {}),
    ...(other && other[1] > 0 ? { other: { version: other[0], share: other[1] } } : {}),
    ...(alias.RevisionId === undefined ? {} : { revision: alias.RevisionId }),
  };
}

/** Points it elsewhere, unless it is there already; the alias by its ARN. */
export async function pointAlias(
  clients: FencedClients,
  FunctionName: string,
  wanted: AliasTarget,
): Promise<{ readonly arn: string }> {
  return retried({ kind: clients.access.kind, firstMs: clients.everyMs }, async () => {
    const { revision, ...present } = await readAlias(clients, FunctionName);
    const isThere =
      present.version === wanted.version &&
      (wanted.version !== staticVersion || present.serves === (wanted.serves ?? false)) &&
      present.other?.version === wanted.other?.version &&
      present.other?.share === wanted.other?.share;
    if (isThere) return present;
    await clients.hold();
    await clients.lambda.send(
      new UpdateAliasCommand({
        FunctionName,
        Name: liveAlias,
        FunctionVersion: wanted.version,
        ...(wanted.version === staticVersion ? { Description: wanted.serves ? servingNote : '' } : {}),
        RoutingConfig: {
          AdditionalVersionWeights: wanted.other ? { [wanted.other.version]: wanted.other.share } : {},
        },
        ...(revision === undefined ? {} : { RevisionId: revision }),
      }),
    );
    return present;
  });
}
