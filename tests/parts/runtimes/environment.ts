import { readFileSync } from 'node:fs';
import { type Environment, parseDeclaration } from '@soundbite/model';

/** An environment of the repository's own declaration. */
export function declared(name: string): Environment {
  const parsed = parseDeclaration((file) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'));
  const environment = parsed.ok ? parsed.declaration.environments.find((one) => one.name === name) : undefined;
  if (!environment) throw new Error(`environments.yaml declares no ${name}`);
  return environment;
}
