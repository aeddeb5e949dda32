import { receivedError, SoundBiteError } from './errors.ts';

/** What stands in a hint for the environment that the hint is about, where its writer is not told which one that is. */
const placeholder = '<environment>';

/** A hint that can be done as it stands. */
export const hintFor = (environment: string, hint: string): string => hint.replaceAll(placeholder, environment);

/** An error whose hint can be done as it stands; what is not our error stays as it is. */
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
