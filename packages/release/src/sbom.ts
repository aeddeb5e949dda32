import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, SoundBiteError } from '@soundbite/model';
import { plainEnvironment, runNode } from './children.ts';

interface Bom {
  readonly components?: readonly unknown[];
  readonly metadata?: { readonly tools?: { readonly components?: readonly { readonly name?: string }[] } };
}

/**
 * The CycloneDX SBOM of what the service is made of, from the lockfile alone: its production dependencies.
 * Error: `sbom-failed`.
 */
export async function sbomOf(source: string, signal?: AbortSignal): Promise<Uint8Array> {
  const { stdout } = await runNode({
    name: 'sbom',
    args: [
      await tool(source),
      '--package-lock-only',
      ...['--omit', 'dev', '--workspace', 'apps/service', '--mc-type', 'application'],
      ...['--spec-version', '1.6', '--output-format', 'JSON', '--output-reproducible'],
    ],
    cwd: source,
    env: { ...plainEnvironment(), npm_config_logs_max: '0', npm_config_update_notifier: 'false' },
    ...(signal ? { signal } : {}),
  });
  const bom = JSON.parse(stdout) as Bom;
  if (!bom.components?.length)
    throw new SoundBiteError('sbom-failed', 'the SBOM names no component', { mend: 'npm ci' });
  return Buffer.from(canonicalJson(withoutNpm(bom)));
}

/** Which npm read the lockfile is the machine's affair: the same commit must give the same bytes everywhere. */
function withoutNpm(bom: Bom): Bom {
  const tools = bom.metadata?.tools?.components?.filter(({ name }) => name !== 'npm');
  return {
    ...bom,
    metadata: { ...bom.metadata, tools: { ...bom.metadata?.tools, ...(tools && { components: tools }) } },
  };
}

async function tool(source: string): Promise<string> {
  const directory = join(source, 'node_modules', '@cyclonedx', 'cyclonedx-npm');
  const { bin } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  return join(directory, bin['cyclonedx-npm'] ?? '');
}
