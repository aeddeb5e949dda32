import { readFileSync } from 'node:fs';
import { SynthesisError } from './error.ts';

/** Settings of the service that decide about its stacks. Functions get all that was declared, whatever else it holds. */
interface StackSettings {
  readonly voiceEngine: string;
  readonly limits: { readonly textBytes: number; readonly bodyBytes: number; readonly requestsPerSecond: number };
  readonly memory: { readonly apiMiB: number; readonly workerMiB: number };
  readonly retentionDays: number;
  readonly jobTimeoutSeconds: number;
  readonly maxAttempts: number;
}

/** What stacks are made from: this much of an environment's declaration, validated by whoever synthesises. It names no account. */
export interface DeclaredEnvironment {
  readonly name: string;
  readonly runtime: 'process' | 'compose' | 'aws';
  readonly protected: boolean;
  readonly authorizer?: { readonly issuer: string; readonly audience: readonly string[] } | undefined;
  readonly settings: StackSettings;
}

/** What a synthesis is made of. */
export interface SynthesisContext {
  readonly environments: readonly DeclaredEnvironment[];
  /** Absolute path of service.zip, the code of both functions. */
  readonly serviceZip: string;
}

/**
 * The context from SOUNDBITE_ENVIRONMENTS (path of a JSON list of environments) and SOUNDBITE_SERVICE_ZIP.
 * Error: `synthesis-context` (a variable is missing, or the file is no such list).
 */
export function contextFrom(variables: Readonly<Record<string, string | undefined>>): SynthesisContext {
  const file = required(variables, 'SOUNDBITE_ENVIRONMENTS');
  return { environments: readEnvironments(file), serviceZip: required(variables, 'SOUNDBITE_SERVICE_ZIP') };
}

/** A declared environment by its name. Error: `environment-unknown`. */
export function environmentOf({ environments }: SynthesisContext, name: string): DeclaredEnvironment {
  const found = environments.find((environment) => environment.name === name);
  if (found) return found;
  const known = environments.map((environment) => environment.name).join(', ');
  throw new SynthesisError('environment-unknown', `${name} is not declared; declared are ${known}`, {
    hint: `declare ${name} in environments.yaml, or remove cdk/bin/${name}.ts`,
  });
}

/** What the schema of the settings cannot say, since it compares two of them. Error: `declaration-invalid`. */
export function refuseUnfit({ name, settings: { limits } }: Pick<DeclaredEnvironment, 'name' | 'settings'>): void {
  const { textBytes, bodyBytes } = limits;
  if (textBytes < bodyBytes) return;
  throw new SynthesisError(
    'declaration-invalid',
    `${name}: settings.limits.textBytes ${textBytes} does not fit into bodyBytes ${bodyBytes}`,
    { hint: 'declare fewer textBytes or more bodyBytes in environments.yaml' },
  );
}

/** Whoever wrote the list validated it: here it is told from another file only. */
function readEnvironments(file: string): DeclaredEnvironment[] {
  const isNamed = (one: unknown) => typeof (one as { readonly name?: unknown } | null)?.name === 'string';
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(found) && found.every(isNamed)) return found as DeclaredEnvironment[];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new SynthesisError('synthesis-context', `${file} is no JSON list of environments`, {
    hint: 'run `soundbite release cut`, which writes it',
  });
}

function required(variables: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = variables[name];
  if (value) return value;
  throw new SynthesisError('synthesis-context', `${name} is not set`, {
    hint: 'run `soundbite release cut`, which sets it, or give it a path',
  });
}
