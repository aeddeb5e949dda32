import { receivedError, SoundBiteError } from './errors.ts';

/** The placeholder for a hint's environment, used where the code that writes the hint does not know it. */
const placeholder = '<environment>';

/** A hint that can be followed as it is. */
export const hintFor = (environment: string, hint: string): string => hint.replaceAll(placeholder, environment);

/** An error with a hint that can be followed as it is; other errors are unchanged. */
export function errorFor(environment: string, error: unknown): unknown {
  if (!(error instanceof SoundBiteError) || !error.hint.includes(placeholder)) return error;
  const { code, message, hint, path, line } = error;
  return receivedError({ code, message, hint: hintFor(environment, hint), path, line }, error);
}

/** Does something for one environment. Errors: those of the work, with hints for that environment. */
export async function hintingFor<T>(environment: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw errorFor(environment, error);
  }
}
