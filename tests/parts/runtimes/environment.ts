import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, parseDeclaration } from '@soundbite/model';
import { root } from '../../support/cli.ts';

/** An environment of a repository's own declaration; of this one's by default. */
export function declared(name: string, directory = root): Environment {
  const parsed = parseDeclaration((file) => readFileSync(join(directory, file), 'utf8'));
  const environment = parsed.ok ? parsed.declaration.environments.find((one) => one.name === name) : undefined;
  if (!environment) throw new Error(`${directory}/environments.yaml declares no ${name}`);
  return environment;
}
