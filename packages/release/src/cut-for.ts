import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assembledStacks, combinedTemplate, type Release, SoundBiteError } from '@soundbite/model';

/** A release is for the environments that were declared when it was cut. Errors: `environment-unknown`. */
export function refuseOthers(
  { digest, manifest: { environments } }: Omit<Release, 'directory' | 'provenance'>,
  name: string,
): void {
  if (environments.includes(name)) return;
  throw new SoundBiteError('environment-unknown', `${digest} was cut without environment ${name}`, {
    hint: `it has ${environments.join(', ')}; cut a release that declares it`,
  });
}

/** The CloudFormation template that a release brings for an environment, of all its stacks. Errors: `environment-unknown`. */
export async function templateOf(release: Release, environment: string): Promise<unknown> {
  refuseOthers(release, environment);
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(release.directory, 'assembly', environment, name), 'utf8'));
  const stacks = assembledStacks(await read('manifest.json'));
  const parts = stacks.map(async (stack) => ({ stack, template: await read(`${stack}.template.json`) }));
  return combinedTemplate(await Promise.all(parts), environment);
}
