import { SoundBiteError } from '../errors.ts';
import type { Environment } from './shape.ts';

/** The environments of these names, in declared order and each once, however they were named. Error: `environment-unknown`. */
export function environmentsOf(environments: readonly Environment[], names: readonly string[]): readonly Environment[] {
  const unknown = names.find((name) => !environments.some((environment) => environment.name === name));
  if (unknown !== undefined) {
    throw new SoundBiteError('environment-unknown', `no environment named "${unknown}" is declared`, {
      hint: `choose one of ${environments.map(({ name }) => name).join(', ')}`,
    });
  }
  return environments.filter(({ name }) => names.includes(name));
}

/** The environments that a release passes on its way to the last of these: the chain from the first environment. Without names: all. Error: `environment-unknown`. */
export function chainTo(environments: readonly Environment[], names: readonly string[]): readonly Environment[] {
  const last = environmentsOf(environments, names).at(-1);
  return last ? environments.slice(0, environments.indexOf(last) + 1) : environments;
}
