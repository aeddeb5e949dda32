import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DeclaredGate, type Environment, parseDeclaration } from '@soundbite/model';

const root = join(import.meta.dirname, '../../..');
const parsed = parseDeclaration((file) => readFileSync(join(root, file), 'utf8'));
if (!parsed.ok) throw new Error('environments.yaml is invalid');

/** An environment with its smoke, and a watch of so many seconds that needs no requests. */
export const watchedFor = (environment: Environment, seconds: number): Environment => ({
  ...environment,
  gates: [
    { gate: 'smoke', options: {} },
    { gate: 'watch', options: { seconds, minimumRequests: 0 } },
  ],
});

/** The five environments as they are declared, which nobody watches for long. */
export const environments: Environment[] = parsed.declaration.environments.map((environment) =>
  watchedFor(environment, 0),
);

/** The same, where those of these names are on real accounts, as Lambda functions. */
export const declaredReal = (names: readonly string[]): Environment[] =>
  environments.map((environment) => {
    if (!names.includes(environment.name)) return environment;
    const { account, region } = environment.cloud;
    const role = `arn:aws:iam::${account}:role/soundbite`;
    return { ...environment, runtime: 'aws', cloud: { kind: 'real', account, region, role } } as Environment;
  });

/** Whether such an environment is of the machine that declares it. */
export const declaredHere = ({ cloud }: Environment): boolean => cloud.kind === 'emulated';

/** Gates that environments have beside theirs, by their names. */
export type MoreGates = Readonly<Record<string, readonly DeclaredGate[]>>;

/** The same, with these gates as well. */
export const withGates = (all: readonly Environment[], more: MoreGates): Environment[] =>
  all.map((one) => ({ ...one, gates: [...(more[one.name] ?? []), ...one.gates] }));
