import { canonicalJson } from '../digest.ts';
import type { Environment } from './shape.ts';

/**
 * What constructs are told of environments, as a JSON list in one form: what decides about stacks. Cloud, port, gates and watch do not. Keys are in order, since
 * constructs write settings into templates as they get them.
 */
export const toldToConstructs = (environments: readonly Environment[]): string =>
  canonicalJson(
    environments.map(({ name, runtime, protected: isProtected, authorizer, settings }) => ({
      name,
      runtime,
      protected: isProtected,
      ...(authorizer ? { authorizer } : {}),
      settings,
    })),
  );
