import {
  type FunctionConfiguration,
  UpdateFunctionCodeCommand,
  type UpdateFunctionCodeCommandInput,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import {
  type FunctionTraits,
  functionDifferences,
  isUncomputable,
  type Release,
  SoundBiteError,
  toldFunction,
  undecided,
} from '@soundbite/model';
import { provenFile } from '../bundle.ts';
import type { FencedClients } from './fence.ts';
import type { Proving } from './proof.ts';
import { retried } from './retry.ts';
import { readyFunction } from './versions.ts';

/**
 * Gives $LATEST the configuration and the code that the deployed template declares for it. CloudFormation does not: it looks at templates, and
 * the template is as it was. Names what it changed. Errors: `code-altered` when the release's own code is not what was cut.
 */
export async function putBack(clients: FencedClients & Proving, name: string, release: Release): Promise<string[]> {
  const declared = await clients.declared(name, release.digest);
  if (!declared) return [];
  const settings = await changed(clients, name, async (found) => {
    const differences = functionDifferences(declared, toldFunction(name, found));
    if (differences.length === 0) return [];
    await clients.hold();
    await clients.lambda.send(new UpdateFunctionConfigurationCommand(settingsOf(name, declared, found)));
    return differences;
  });
  const code = await changed(clients, name, async (found) => {
    const released = await clients.code(name, release.digest);
    if (!released || found.CodeSha256 === released.codeSha256) return [];
    const ZipFile = await provenFile(release, released);
    await clients.hold();
    await clients.lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: name,
        ZipFile,
        Architectures: declared.get('Architectures') as UpdateFunctionCodeCommandInput['Architectures'],
        ...(found.RevisionId === undefined ? {} : { RevisionId: found.RevisionId }),
      }),
    );
    return [`its code was ${found.CodeSha256}`];
  });
  await readyFunction(clients.lambda, name, clients.everyMs);
  const what = [...settings, ...code];
  return what.length > 0 ? [`${name}:$LATEST (${what.join(', ')})`] : [];
}

/** One change of a function that is at rest. */
const changed = (
  { lambda, access, everyMs }: FencedClients,
  name: string,
  change: (found: FunctionConfiguration) => Promise<string[]>,
): Promise<string[]> =>
  retried({ kind: access.kind, firstMs: everyMs }, async () => change(await readyFunction(lambda, name, everyMs)));

/** What UpdateFunctionConfiguration is to be told; what the template does not determine stays as it was found. */
function settingsOf(
  FunctionName: string,
  declared: FunctionTraits,
  found: FunctionConfiguration,
): UpdateFunctionConfigurationCommandInput {
  const told = toldFunction(FunctionName, found);
  const of = <T>(name: string): T | undefined => {
    const value = declared.get(name);
    return (typeof value === 'symbol' ? told.get(name) : value) as T | undefined;
  };
  const logging = (part: string) => of<string>(`LoggingConfig.${part}`);
  const role = of<string>('Role');
  return {
    FunctionName,
    ...(found.RevisionId === undefined ? {} : { RevisionId: found.RevisionId }),
    Handler: of('Handler'),
    Runtime: of('Runtime'),
    MemorySize: of('MemorySize'),
    Timeout: of('Timeout'),
    // Naming a role requires permission to pass it, so it is named only if it was changed.
    ...(role === found.Role ? {} : { Role: role }),
    Environment: { Variables: variablesOf(FunctionName, declared, told) },
    Layers: of('Layers') ?? [],
    EphemeralStorage: { Size: of('EphemeralStorage') },
    FileSystemConfigs: of('FileSystemConfigs') ?? [],
    TracingConfig: { Mode: of('TracingConfig') },
    DeadLetterConfig: { TargetArn: of<string>('DeadLetterConfig') ?? '' },
    KMSKeyArn: of<string>('KMSKeyArn') ?? '',
    SnapStart: { ApplyOn: of('SnapStart') },
    VpcConfig: {
      SubnetIds: of('VpcConfig.SubnetIds') ?? [],
      SecurityGroupIds: of('VpcConfig.SecurityGroupIds') ?? [],
    },
    LoggingConfig: {
      LogFormat: of('LoggingConfig.LogFormat'),
      LogGroup: logging('LogGroup'),
      ...(logging('ApplicationLogLevel') ? { ApplicationLogLevel: of('LoggingConfig.ApplicationLogLevel') } : {}),
      ...(logging('SystemLogLevel') ? { SystemLogLevel: of('LoggingConfig.SystemLogLevel') } : {}),
    },
  };
}

const prefix = 'Environment.';

/**
 * The variables that are declared. The value of one that refers to a name that CloudFormation made is taken from what was found. Error:
 * `release-not-deployed` where nothing was found: the release cannot be made again without CloudFormation.
 */
function variablesOf(functionName: string, declared: FunctionTraits, told: FunctionTraits): Record<string, string> {
  const isOpen = isUncomputable(declared.get('Environment'));
  const keys = [...(isOpen ? told : declared).keys()].filter((key) => key.startsWith(prefix));
  const found = keys.flatMap((key): [string, string][] => {
    const wanted = isOpen ? told.get(key) : declared.get(key);
    const value = isUncomputable(wanted) ? told.get(key) : wanted;
    if (value !== undefined) return [[key.slice(prefix.length), String(value)]];
    if (wanted === undecided) return [];
    throw new SoundBiteError(
      'release-not-deployed',
      `${key} of ${functionName} refers to a name that only CloudFormation knows, and the function has no such variable now`,
      { hint: 'promote the release: its deploy sets the variable again' },
    );
  });
  return Object.fromEntries(found);
}
