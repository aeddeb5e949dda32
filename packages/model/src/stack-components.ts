import { z } from 'zod';
import { componentsOutput } from './delivered/template.ts';
import { SoundBiteError } from './errors.ts';
import { liveAlias } from './names.ts';

const Name = z.string().regex(/^[^\s/?#]+$/, 'is no name');
/** In a service of several stacks it begins with the stack's name. */
const LogicalId = z.string().regex(/^[^\s?#]+$/, 'is no id');
const Text = z.string().min(1, 'is empty');

/** Who may call a component's alias once a release of it is live: a principal, and of which resource and account, if that is said. */
const StackCaller = z.strictObject({
  /** Logical id of the permission that the service's template gives for the function. */
  id: Name,
  principal: Text,
  source: Text.nullable(),
  account: Text.nullable(),
});

/** A function behind its alias, as its stack's output says it. */
const StackComponent = z.strictObject({
  /** As people and the smoke call it. */
  name: Name,
  /** Logical id of the function. */
  id: LogicalId,
  /** Its physical name. */
  function: Name,
  /** What its alias is called. */
  alias: Name.default(liveAlias),
  /** The version on which the alias stood when the stack was made: no promotion made it. */
  first: Name.default('1'),
  /** A path that answers 2xx if the version is well; null: none is declared. */
  health: z.string().regex(/^\//, 'is no path').nullable(),
  /** What is below this path at the environment's address is for it; null: none is declared. */
  path: z.string().regex(/^\//, 'is no path').nullable().default(null),
  /** Whether it keeps the service contract; null: the stack is of before components said so. */
  contract: z.boolean().nullable().default(null),
  /** Id of the HTTP API that leads to it; null: none does. */
  api: Name.nullable(),
  /** The REST API that leads to it, its stage, and the deployment that this serves; null: none does. */
  rest: z.strictObject({ api: Name, stage: Name, deployment: Name }).nullable().default(null),
  /** The function's URL, as AWS gave it; null: it has none. */
  url: z.url().nullable().default(null),
  /** Mappings that feed it from queues, by their ids and the addresses of the queues. */
  queues: z.array(z.strictObject({ mapping: Name, url: Text })),
  /** Rules and topics. */
  callers: z.array(StackCaller).default([]),
});
export type StackComponent = z.infer<typeof StackComponent>;

const Components = z.array(StackComponent).min(1, 'has no component');

/**
 * Reads the output of a stack, in the order in which traffic moves forward. Error: `answer-unexpected`, with all that is wrong: another version of
 * SoundBite made the stack, or the cut made it wrongly.
 */
export function readStackComponents(text: string, environment: string): readonly StackComponent[] {
  const problems: string[] = [];
  const parsed = Components.safeParse(jsonOf(text));
  if (!parsed.success)
    for (const { path, message } of parsed.error.issues) problems.push(`${path.join('.') || 'it'}: ${message}`);
  const components = parsed.data ?? [];
  for (const key of ['name', 'id', 'function'] as const)
    for (const value of repeated(components.map((one) => one[key])))
      problems.push(`two components have the ${key} ${value}`);
  if (problems.length === 0) return components;
  throw new SoundBiteError(
    'answer-unexpected',
    `the output ${componentsOutput} of the stack of ${environment} cannot be read: ${problems.slice(0, 5).join('; ')}`,
    { hint: `cut the release again with this version of SoundBite, and promote it: soundbite promote ${environment}` },
  );
}

const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];

/** What is no JSON is no list either. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
