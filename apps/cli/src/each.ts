import { isConnectionError } from '@soundbite/client';

/** The result for one of several environments, or the error in its place. */
export interface Looked<T> {
  readonly environment: string;
  readonly found: T | null;
  readonly error: unknown;
}

/** Looks at several environments side by side: one that cannot be read does not hide the others. A lost control plane hides all. */
export const each = <T>(names: readonly string[], look: (name: string) => Promise<T>): Promise<Looked<T>[]> =>
  Promise.all(
    names.map(async (environment) => {
      try {
        return { environment, found: await look(environment), error: null };
      } catch (error) {
        if (isConnectionError(error)) throw error;
        return { environment, found: null, error };
      }
    }),
  );
