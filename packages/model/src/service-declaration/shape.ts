import { z } from 'zod';

/** A file or directory of the repository: `apps/service`. */
const RepositoryPath = z
  .string()
  .min(1, 'is empty; name a file or a directory')
  .refine((path) => !path.startsWith('/'), 'is absolute; write it relative to service.yaml')
  .refine(
    (path) => path.startsWith('/') || path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'must be written without . and .. and without a slash at its end',
  );

/** A program that the service brings for its own delivery. It travels with the release and runs as a child of the control plane. */
export const DeliveryProgram = z.strictObject({
  directory: RepositoryPath.describe('the files that the program needs; they travel with the release'),
  command: z
    .array(z.string().min(1, 'is empty; remove it, or write the word'))
    .min(1, 'is empty; write the program and its arguments')
    .describe('program and arguments, run in that directory without a shell; node is the Node that SoundBite runs on'),
  seconds: z.int().min(1).max(900).describe('seconds after which it is ended and has failed'),
});
export type DeliveryProgram = z.infer<typeof DeliveryProgram>;

/** service.yaml: what SoundBite needs to know of the service that it delivers. */
export const ServiceDeclaration = z.strictObject({
  version: z.literal(1),
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,30}$/, 'must be 2 to 31 of a-z, 0-9 and -, starting with a letter')
    .describe('the name of the service, in releases and messages'),
  inputs: z
    .array(RepositoryPath)
    .min(1, 'is empty; name what a release is made of')
    .describe(
      'what a release is made of, besides service.yaml and environments.yaml: a change of anything else makes no new release',
    ),
  smoke: DeliveryProgram.describe('tries a version that has no traffic yet').optional(),
});
export type ServiceDeclaration = z.infer<typeof ServiceDeclaration>;
