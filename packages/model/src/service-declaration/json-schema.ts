import { z } from 'zod';
import { ServiceDeclaration } from './shape.ts';

/** The JSON Schema of service.yaml, for editors. */
export const serviceJsonSchema = (): Record<string, unknown> => ({
  title: 'service.yaml of SoundBite',
  ...z.toJSONSchema(ServiceDeclaration, { io: 'input', target: 'draft-7' }),
});
