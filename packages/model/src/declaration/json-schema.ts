import { z } from 'zod';
import { WrittenEnvironment } from './shape.ts';
import { mostEnvironments, Whole } from './whole.ts';

/** The JSON Schema of environments.yaml, for editors. It knows the shape; the named rules and the service's own schema are known to `soundbite` alone. */
export function declarationJsonSchema(): Record<string, unknown> {
  const file = Whole.extend({
    environments: z
      .array(WrittenEnvironment)
      .min(1)
      .max(mostEnvironments)
      .describe('in the order in which a release is promoted'),
  });
  return { title: 'environments.yaml of SoundBite', ...z.toJSONSchema(file, { io: 'input', target: 'draft-7' }) };
}
