import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './cli.ts';

/** An environment as a test declares it: what is absent goes without saying in environments.yaml. */
export interface Written {
  readonly name: string;
  /** Digits of an emulated account's id. */
  readonly account: string;
  readonly runtime?: 'process';
  /** As they stand in the file; only smoke when absent. */
  readonly gates?: string;
}

/** Declares these environments in place of those of a copy of this repository; the service's common settings stay. */
export async function declareOthers(directory: string, environments: readonly Written[]): Promise<void> {
  const file = join(directory, 'environments.yaml');
  const [common] = (await readFile(file, 'utf8')).split(/^environments:$/m);
  await writeFile(file, `${common}environments:\n${environments.map(linesOf).join('')}`);
}

/**
 * A directory that declares this service with these environments, for SOUNDBITE_ROOT: where nothing is cut, that is all that a control plane reads. With one
 * account instead of four it starts in half the time.
 */
export async function declaringDirectory(
  environments: readonly Written[],
): Promise<{ readonly directory: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-declared-'));
  for (const file of ['environments.yaml', 'service.yaml']) await copyFile(join(root, file), join(directory, file));
  await symlink(join(root, 'apps'), join(directory, 'apps'));
  await declareOthers(directory, environments);
  return { directory, remove: () => rm(directory, { recursive: true }) };
}

const linesOf = ({ name, account, runtime, gates = '[smoke]' }: Written): string =>
  [
    `  - name: ${name}`,
    `    cloud: { kind: emulated, account: "${account.padStart(12, '0')}", region: us-east-1 }`,
    ...(runtime ? [`    runtime: ${runtime}`] : []),
    '    protected: false',
    `    gates: ${gates}`,
    '',
  ].join('\n');
