import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { canonicalJson, SoundBiteError } from '@soundbite/model';
import { parameterOf } from './stack.ts';

/** What we read and write of a cloud assembly's manifest.json. */
interface AssemblyManifest {
  readonly artifacts?: Record<
    string,
    {
      readonly type: string;
      readonly properties?: { templateFile?: string; stackName?: string; terminationProtection?: boolean };
    }
  >;
}

export interface PreparedAssembly {
  /** Whether the stack stands exactly as this assembly and these parameters want it: then there is nothing to do. */
  isDeployed(
    deployed: () => Promise<unknown>,
    stack: Stack,
    parameters: Readonly<Record<string, string>>,
  ): Promise<boolean>;
}

/**
 * Readies a scratch copy of an assembly. The toolkit sets termination protection to what the manifest says, before it deploys:
 * so it is told to leave a protected stack protected, and a new one open until it has succeeded once.
 * Errors: `assembly-unknown` when the directory is no assembly of this stack.
 */
export async function prepareAssembly(
  directory: string,
  stackName: string,
  present: Stack | null,
  isProtected: boolean,
): Promise<PreparedAssembly> {
  const file = join(directory, 'manifest.json');
  const manifest = await readJson<AssemblyManifest>(file, stackName);
  const artifact = Object.entries(manifest.artifacts ?? {}).find(
    ([id, { type, properties }]) => type === 'aws:cloudformation:stack' && (properties?.stackName ?? id) === stackName,
  )?.[1];
  if (!artifact?.properties?.templateFile)
    throw new SoundBiteError('assembly-unknown', `${directory} holds no stack ${stackName}`, {
      source: 'user',
      mend: 'cut the release again: its assembly lacks this environment',
    });
  artifact.properties.terminationProtection = isProtected && present?.EnableTerminationProtection === true;
  await writeFile(file, JSON.stringify(manifest));
  const templateFile = join(directory, artifact.properties.templateFile);

  return {
    async isDeployed(deployed, stack, parameters) {
      if (!['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(stack.StackStatus ?? '')) return false;
      if (isProtected && !stack.EnableTerminationProtection) return false;
      if (Object.entries(parameters).some(([name, value]) => parameterOf(stack, name) !== value)) return false;
      return canonicalJson(await deployed()) === canonicalJson(await readJson<unknown>(templateFile, stackName));
    },
  };
}

async function readJson<T>(file: string, stackName: string): Promise<T> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    throw new SoundBiteError('assembly-unknown', `${file} of stack ${stackName} cannot be read: ${String(error)}`, {
      cause: error,
      mend: 'cut the release again',
    });
  }
}
