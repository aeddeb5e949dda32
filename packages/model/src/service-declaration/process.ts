import { z } from 'zod';
import { RepositoryPath } from './repository-path.ts';

const isAmount = 'must be a whole number of 1 or more, or name one of the settings (settings.memory.apiMiB)';

/** An amount as it is declared: a number, or the path of one in the environment's settings. */
const Amount = z.union(
  [
    z.int().min(1, isAmount).max(1_000_000, isAmount),
    z.string().regex(/^settings(\.[A-Za-z_][A-Za-z0-9_-]*)+$/, isAmount),
  ],
  isAmount,
);
export type Amount = z.infer<typeof Amount>;

/** The logical id of an output, of whichever stack. */
const OutputId = z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'is no name of an output');

/** One of the service's processes: `node index.mjs <name>`. */
const ProcessComponent = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be 1 to 31 of a-z, 0-9 and -, starting with a letter')
    .describe('as people and the smoke call it; the one argument that the process is started with'),
  takes: z
    .array(z.enum(['requests', 'events']))
    .min(1, 'is empty; write requests, events or both')
    .describe(
      'requests: the environment’s address leads to it, which is so for one of them; events: it is told by PUT /consuming whether it takes messages, and the smoke invokes it by POST /invoke',
    ),
  health: z
    .string()
    .regex(/^\/[^\s?#]*$/, 'must be a path that begins with /')
    .describe('a path that answers 2xx if the process is well'),
  role: OutputId.optional().describe(
    'the output of the stack that says the ARN of the role that the process acts as, which the controller of the environment may assume; when absent, it has no credentials',
  ),
  memory: Amount.optional().describe('MiB of its heap, or where the settings say it; 512 when absent'),
  reserved: Amount.optional().describe(
    'MiB that the engine keeps for it where it runs as a container, or where the settings say it: what it needs under its usual load, no more than its heap and 160 MiB beside it; half of these when absent',
  ),
  seconds: Amount.optional().describe(
    'how long a piece of its work may take, or where the settings say it; 30 when absent. It has ten more to end',
  ),
});
export type ProcessComponent = z.infer<typeof ProcessComponent>;

const what = {
  environment: z
    .record(z.string(), OutputId)
    .optional()
    .describe('variables of the processes, and the outputs of the stack that give their values'),
  contract: z.boolean().optional().describe('true: it keeps the service contract, and is looked at by it (see below)'),
  components: z
    .array(ProcessComponent)
    .min(1, 'is empty; name the processes')
    .max(20)
    .describe('the processes; those that take events move first when traffic moves forward, in this order'),
};

/** `process` in service.yaml. */
export const DeclaredProcess = z.strictObject({
  directory: RepositoryPath.describe('an npm workspace with a bundle.json, which says what is bundled'),
  ...what,
});
export type DeclaredProcess = z.infer<typeof DeclaredProcess>;

/** What a release says of its processes: what service.yaml said when it was cut. */
export const ReleasedProcesses = z.strictObject(what);
export type ReleasedProcesses = z.infer<typeof ReleasedProcesses>;
