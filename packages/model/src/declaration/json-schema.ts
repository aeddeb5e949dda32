import { z } from 'zod';
import { ServiceSettings, WrittenEnvironment } from './shape.ts';
import { mostEnvironments, Whole } from './whole.ts';

/** What one place says of the settings: any part of them. The common block and the environment's own make a whole together. */
const SomeSettings = ServiceSettings.extend({
  limits: ServiceSettings.shape.limits.partial(),
  memory: ServiceSettings.shape.memory.partial(),
}).partial();

/** The JSON Schema of environments.yaml, for editors. It knows the shape; the named rules are known to `soundbite` alone. */
export function declarationJsonSchema(): Record<string, unknown> {
  const environment = WrittenEnvironment.extend({ service: SomeSettings.optional() });
  const file = Whole.extend({
    service: SomeSettings.describe('settings of the service, shared by all environments'),
    environments: z
      .array(environment)
      .min(1)
      .max(mostEnvironments)
      .describe('in the order in which a release is promoted'),
  });
  return { title: 'environments.yaml of SoundBite', ...z.toJSONSchema(file, { io: 'input', target: 'draft-7' }) };
}
