import { z } from 'zod';
import { DeclaredProcess } from './process.ts';
import { RepositoryPath } from './repository-path.ts';

const endedAfter = 'seconds after which it is ended and has failed';

/** A program that the service brings for its own delivery. It travels with the release and runs as a child of the control plane. */
export const DeliveryProgram = z.strictObject({
  directory: RepositoryPath.describe('the files that the program needs; they travel with the release'),
  command: z
    .array(z.string().min(1, 'is empty; remove it, or write the word'))
    .min(1, 'is empty; write the program and its arguments')
    .describe('program and arguments, run in that directory without a shell; node is the Node that SoundBite runs on'),
  seconds: z.int().min(1).max(900).describe(endedAfter),
});
export type DeliveryProgram = z.infer<typeof DeliveryProgram>;

/** The same with more time: what is not done by then is continued by the next attempt. */
export const MigrationProgram = DeliveryProgram.extend({ seconds: z.int().min(1).max(3600).describe(endedAfter) });

/** A function of the app that is promoted, version by version. */
const DeclaredComponent = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be 1 to 31 of a-z, 0-9 and -, starting with a letter')
    .describe('as people and the smoke call it'),
  function: z
    .string()
    .min(1, 'is empty; name a function of the app')
    .describe(
      'the function: the path of its construct with or without the stack (OrdersApi/Worker, Worker), or its logical id; `soundbite inspect` shows both. {environment} may stand in it',
    ),
  health: z
    .string()
    .regex(/^\/[^\s?#]*$/, 'must be a path that begins with /')
    .optional()
    .describe('a path that answers 2xx if the version is well; only where an API or a URL leads to the function'),
  contract: z
    .boolean()
    .optional()
    .describe(
      'true: it keeps the service contract, and is looked at by it (see below); only for the component that has the address of the environment',
    ),
  path: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/, 'must be a path such as /admin, without a / at its end')
    .optional()
    .describe(
      'what is below this path at the address of the environment is for this component; only where several components have an API or a URL of their own, at all of them but one',
    ),
});

const StackId = z
  .string()
  .regex(/^[A-Za-z{][A-Za-z0-9/{}-]*$/, 'is no name of a stack; `soundbite inspect` shows those of the app');

/** A stack of the app, and the name that it has or gets in the account. */
const DeclaredStack = z.union(
  [
    StackId,
    z.strictObject({
      stack: StackId,
      name: z
        .string()
        .regex(/^[A-Za-z{][A-Za-z0-9{}-]{0,120}$/, 'is no name of a stack')
        .describe('its name in the account, where it is to have another one than soundbite-{environment}-<stack>')
        .optional(),
    }),
  ],
  'must be the name of a stack, or a map with stack and name',
);

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
  app: z
    .array(
      z
        .string()
        .min(1, 'is empty; remove it, or write the word')
        .refine(
          (word) => word === '{environments}' || !word.includes('{environments}'),
          'has {environments} in it, which must be a word of its own',
        ),
    )
    .min(1, 'is empty; write the program and its arguments')
    .describe(
      'the CDK app: program and arguments, run without a shell in the directory of this file. {environment} is the name of an environment: the app runs once for each one, and CDK_OUTDIR says where its assembly goes. A word {environments} becomes the names of all: the app runs once, and writes an assembly for each one into a directory of its name',
    ),
  stacks: z
    .array(DeclaredStack)
    .min(1, 'is empty; name the stacks of the app, or leave it out if it has one')
    .max(20)
    .describe(
      'the stacks of the app, in the order in which they are deployed: one comes after those that it imports from. {environment} may stand in a name. When absent, the app has one, which is deployed as soundbite-{environment}',
    )
    .optional(),
  components: z
    .array(DeclaredComponent)
    .min(1, 'is empty; name the functions that are promoted')
    .max(50)
    .describe(
      'the functions that are promoted, in the order in which traffic moves forward; other functions are deployed as they are',
    ),
  authorizer: z
    .literal('required')
    .describe(
      'environments on a real account with the runtime `aws` must declare an `authorizer`, because anybody could call the API there. The app is told it, and makes it',
    )
    .optional(),
  process: DeclaredProcess.optional().describe(
    'what runs as Node processes in environments with the runtime `process`. The app is told the bundle by SOUNDBITE_SERVICE_ZIP',
  ),
  settings: RepositoryPath.describe(
    'a JSON Schema (2020-12) of what environments.yaml may say under settings; when absent, it says nothing',
  ).optional(),
  smoke: DeliveryProgram.describe('tries a version that has no traffic yet').optional(),
  tests: DeliveryProgram.describe(
    'tries such a version more thoroughly, in the environments that have the gate `tests`',
  ).optional(),
  compatibility: DeliveryProgram.describe(
    'tries such a version together with the release that is live: each reads what the other one wrote',
  ).optional(),
  migration: MigrationProgram.describe(
    'changes the data once for a release and environment, before the version has traffic; declare it in the releases that need one: after it nobody rolls back to a release from before',
  ).optional(),
});
export type ServiceDeclaration = z.infer<typeof ServiceDeclaration>;
