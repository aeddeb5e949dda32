import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** An environment as a test declares it: what is absent goes without saying in environments.yaml. */
export interface Written {
  readonly name: string;
  /** Digits of an emulated account's id. */
  readonly account: string;
  readonly runtime?: 'process';
}

/** Declares these environments in place of those of a copy of this repository; the service's common settings stay. */
export async function declareOthers(directory: string, environments: readonly Written[]): Promise<void> {
  const file = join(directory, 'environments.yaml');
  const [common] = (await readFile(file, 'utf8')).split(/^environments:$/m);
  await writeFile(file, `${common}environments:\n${environments.map(linesOf).join('')}`);
}

const linesOf = ({ name, account, runtime }: Written): string =>
  [
    `  - name: ${name}`,
    `    cloud: { kind: emulated, account: "${account.padStart(12, '0')}", region: us-east-1 }`,
    ...(runtime ? [`    runtime: ${runtime}`] : []),
    '    protected: false',
    '    gates: [smoke]',
    '    watch: 0',
    '',
  ].join('\n');
