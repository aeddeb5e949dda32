import {
  awsNames,
  declaredStacks,
  type Environment,
  problemText,
  SoundBiteError,
  serviceFile,
  serviceProblem,
} from '@soundbite/model';
import { type ReadService, serviceInvalid } from './service-file.ts';

/** What we read of one artifact in an assembly's manifest.json. Source: @aws-cdk/cloud-assembly-schema. */
export interface Artifact {
  readonly type: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly displayName?: string;
  readonly [key: string]: unknown;
}

/** A stack of the app that is delivered. */
export interface ChosenStack {
  readonly artifact: Artifact;
  /** As the app calls it: what reads an assembly does so by this name. */
  readonly app: string;
  /** Its name in CloudFormation, in the app. */
  readonly was: string;
  /** Its name in CloudFormation, as it is delivered. */
  readonly name: string;
}

interface Choosing extends ReadService {
  readonly environment: Pick<Environment, 'name'>;
}

/**
 * The stacks of an environment, in the order of their deployment: those that service.yaml lists, or the only one. Errors: `declaration-invalid`, with all that are
 * not there or stand before what they need; `assembly-undeliverable`.
 */
export function chosenStacks(
  artifacts: Readonly<Record<string, Artifact>>,
  choosing: Choosing,
): readonly ChosenStack[] {
  const { environment, service, text } = choosing;
  const all = stacksOfApp(artifacts);
  const declared = declaredStacks(service, environment.name);
  if (declared === null) return [onlyStack(all, environment.name)];
  const found = declared.map(({ stack, name }) => {
    const one = all.find(({ id, app, was }) => [id, app, was].includes(stack));
    return one && { ...one, name };
  });
  const has = all.map(({ app }) => app).join(', ') || 'none';
  const problems = declared.flatMap(({ stack }, index) => {
    const one = found[index];
    const message = one
      ? unready(one, found.slice(0, index), all)
      : `${stack} is no stack of the app of ${environment.name}; it has ${has}`;
    return message === null
      ? []
      : [problemText(serviceProblem({ file: serviceFile, text }, ['stacks', index], message))];
  });
  if (problems.length > 0) throw serviceInvalid(problems.join('\n'));
  return found.filter((one) => one !== undefined);
}

interface AppStack extends Omit<ChosenStack, 'name'> {
  readonly id: string;
}

const stacksOfApp = (artifacts: Readonly<Record<string, Artifact>>): readonly AppStack[] =>
  Object.entries(artifacts).flatMap(([id, artifact]) => {
    if (artifact.type !== 'aws:cloudformation:stack') return [];
    const was = String(artifact.properties?.stackName ?? id);
    return [{ id, artifact, was, app: artifact.displayName ?? was }];
  });

function onlyStack(all: readonly AppStack[], environment: string): ChosenStack {
  const [first, ...more] = all;
  if (first && more.length === 0) return { ...first, name: awsNames(environment).stack };
  if (!first)
    throw notDeliverable(`the app of ${environment} has no stack of its own`, 'make one in the app, not in a stage');
  const names = all.map(({ app }) => app);
  throw notDeliverable(
    `the app of ${environment} has ${all.length} stacks (${names.join(', ')}), and service.yaml does not say which are delivered`,
    `list them in service.yaml, those first from which others import: stacks: [${names.join(', ')}]`,
  );
}

/** Why a stack cannot be deployed after those before it; null: it can. */
function unready(
  { artifact: { dependencies = [] } }: AppStack,
  before: readonly (AppStack | undefined)[],
  all: readonly AppStack[],
): string | null {
  const needed = all.filter(({ id }) => dependencies.includes(id));
  const missing = needed.find(({ id }) => !before.some((one) => one?.id === id));
  return missing ? `needs ${missing.app}, which does not stand before it` : null;
}

export const notDeliverable = (message: string, hint: string) =>
  new SoundBiteError('assembly-undeliverable', message, { hint });
