import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Declaration, type Environment, parseDeclaration, problemText, SoundBiteError } from '@soundbite/model';

/** What a synthesis is made of: the declaration without overrides (a release names no account) and the service's bundle. */
export interface SynthesisContext {
  readonly declaration: Declaration;
  /** Absolute path of service.zip, the code of both functions. */
  readonly serviceZip: string;
}

/**
 * The context from SOUNDBITE_DECLARATION (path of environments.yaml) and SOUNDBITE_SERVICE_ZIP.
 * Errors: `synthesis-context` (a variable is missing), `declaration-invalid` (the first problem, with its line).
 */
export function contextFrom(variables: Readonly<Record<string, string | undefined>>): SynthesisContext {
  const file = required(variables, 'SOUNDBITE_DECLARATION');
  return { declaration: readDeclaration(file), serviceZip: required(variables, 'SOUNDBITE_SERVICE_ZIP') };
}

/** A declared environment by its name. Error: `environment-unknown`. */
export function environmentOf(context: SynthesisContext, name: string): Environment {
  const found = context.declaration.environments.find((environment) => environment.name === name);
  if (found) return found;
  const known = context.declaration.environments.map((environment) => environment.name).join(', ');
  throw new SoundBiteError('environment-unknown', `${name} is not declared; declared are ${known}`, {
    hint: `declare ${name} in environments.yaml, or remove cdk/bin/${name}.ts`,
  });
}

function readDeclaration(file: string): Declaration {
  const parsed = parseDeclaration({ file: basename(file), text: readFileSync(file, 'utf8') });
  if (parsed.ok) return parsed.declaration;
  throw new SoundBiteError('declaration-invalid', parsed.problems.map(problemText).join('\n'), {
    hint: `fix ${basename(file)} at the lines named`,
  });
}

function required(variables: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = variables[name];
  if (value) return value;
  throw new SoundBiteError('synthesis-context', `${name} is not set`, {
    hint: 'run `soundbite release cut`, which sets it, or give it a path',
  });
}
