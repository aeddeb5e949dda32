import {
  type FunctionConfiguration,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  PublishVersionCommand,
} from '@aws-sdk/client-lambda';
import { adoptedId, type CloudAccess, clientOptions, type ParameterValues, SoundBiteError } from '@soundbite/model';
import { asRecord, type Json } from '@soundbite/model/template.ts';
import { withCloudFormation } from './client.ts';
import { membersOf } from './members.ts';

interface Live {
  readonly access: CloudAccess;
  readonly stack: string;
  /** As it will be deployed: it has an alias for each component. */
  readonly template: Json;
  /** What the code of a function was sealed as, by its logical id, as Lambda tells it; undefined: it is in the template itself. */
  readonly sealed: (id: string) => Promise<string | undefined>;
  /** Holds the fence, before anything is published. */
  readonly hold: () => Promise<void>;
}

/**
 * The version of each component of a stack that is live, by the parameter that says so: where the alias of the app's own stands, else one that is published of what the function
 * is now. Lambda gives the version that there is where nothing changed since. Errors: `adoption-refused` where what an alias is on is not what the stack says.
 */
export async function liveVersions({ access, stack, template, sealed, hold }: Live): Promise<ParameterValues> {
  const aliases = Object.entries(asRecord(template.Resources)).filter(
    ([id]) => adoptedId(id) in asRecord(template.Parameters),
  );
  const members = await withCloudFormation(access, (client) => membersOf(client, stack));
  const lambda = new LambdaClient(clientOptions(access));
  try {
    const found: [string, string][] = [];
    for (const [alias, resource] of aliases) {
      const { FunctionName, Name } = asRecord(asRecord(resource).Properties);
      const id = String(asRecord(FunctionName).Ref);
      const name = members.find((member) => member.id === id)?.physicalId;
      if (name === undefined) throw refused(`the stack ${stack} has no function ${id}`);
      await refuseOtherCode(lambda, name, await sealed(id));
      const isOwn = members.some((member) => member.id === alias);
      const version = isOwn ? await versionOfAlias(lambda, name, String(Name)) : await publishedNow(lambda, name, hold);
      found.push([adoptedId(alias), version]);
    }
    return Object.fromEntries(found);
  } finally {
    lambda.destroy();
  }
}

/** What somebody uploaded past CloudFormation is not in the release, and would be lost. */
async function refuseOtherCode(lambda: LambdaClient, FunctionName: string, sealed: string | undefined): Promise<void> {
  if (sealed === undefined) return;
  const { CodeSha256 } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  if (CodeSha256 === sealed) return;
  throw refused(
    `the code of ${FunctionName} is not what its stack names: deploy it once more, so that they are the same`,
  );
}

/** All traffic has to be on one version, and that has to be what the stack says: a release is sealed from the stack. */
async function versionOfAlias(lambda: LambdaClient, FunctionName: string, Name: string): Promise<string> {
  const { FunctionVersion: version = '', RoutingConfig } = await lambda.send(
    new GetAliasCommand({ FunctionName, Name }),
  );
  const where = `the alias ${Name} of ${FunctionName}`;
  if (Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0)
    throw refused(`${where} shares its traffic between two versions: a deployment of CodeDeploy may be under way`);
  const read = (Qualifier: string) => lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }));
  const [live, latest] = [await read(version), await read('$LATEST')];
  if (version !== '$LATEST' && isAlike(live, latest)) return version;
  throw refused(
    `${where} is on version ${version}, and the stack has other code: deploy it once more, so that they are the same`,
  );
}

const isAlike = (one: FunctionConfiguration, other: FunctionConfiguration): boolean =>
  one.CodeSha256 === other.CodeSha256;

async function publishedNow(lambda: LambdaClient, FunctionName: string, hold: () => Promise<void>): Promise<string> {
  await hold();
  const { Version = '' } = await lambda.send(new PublishVersionCommand({ FunctionName }));
  return Version;
}

const refused = (message: string) =>
  new SoundBiteError('adoption-refused', message, { hint: 'then run soundbite adopt <environment> again' });
