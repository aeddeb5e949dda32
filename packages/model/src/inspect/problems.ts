import { unmanageableIn } from '../holdings/unmanageable.ts';
import { type App, isCustom, type Node, typed, whereOf } from './app.ts';
import type { Assembly } from './assembly.ts';
import type { InspectedProblem } from './inspection.ts';

/** What prevents the delivery of a whole app, functions or not; each with what can be done. */
export const problemsOf = (assembly: Assembly, app: App, environment: string): InspectedProblem[] => [
  ...named(assembly),
  ...lookedUp(assembly),
  ...nested(app),
  ...custom(app),
  ...heldInVain(assembly, environment),
];

/** Nothing is there that could be promoted. */
export const emptyApp = (app: App): InspectedProblem[] =>
  typed(app, 'AWS::Lambda::Function').length > 0
    ? []
    : [{ message: 'the app has no Lambda function', hint: 'inspect the cdk.out of the app that has', where: null }];

const named = ({ stacks }: Assembly): InspectedProblem[] =>
  stacks
    .filter(({ account }) => account !== null)
    .map(({ name, file, account }) => ({
      message: `${name} names account ${account}, and a release goes to every environment as it is`,
      hint: 'leave `env` out of the properties of the stack; the environment gives account and region',
      where: { file, line: null, source: null },
    }));

const lookedUp = ({ lookups }: Assembly): InspectedProblem[] =>
  lookups.map((key) => ({
    message: `the synthesis looks up ${key}, which each account answers otherwise`,
    hint: 'give the value by a stack parameter, or create what is looked up in the app',
    where: null,
  }));

const nested = (app: App): InspectedProblem[] =>
  typed(app, 'AWS::CloudFormation::Stack').map((node) => ({
    message: `${node.place.path} is a nested stack, and what is in it is neither seen nor delivered yet`,
    hint: 'make it a stack of its own: extend Stack instead of NestedStack',
    where: whereOf(node),
  }));

/** What no bootstrap of the environment's account would allow. */
function heldInVain({ stacks }: Assembly, environment: string): InspectedProblem[] {
  // A role may use what another stack holds.
  const held = new Set(stacks.flatMap(({ template }) => [...template.resources.values()].map(({ type }) => type)));
  return stacks.flatMap(({ template, places, file }) =>
    unmanageableIn(template, environment, held).map(({ id, message, hint }) => {
      const { line = null, source = null } = (id === null ? null : places.get(id)) ?? {};
      return { message, hint, where: { file, line, source } };
    }),
  );
}

/** One for each type: a provider often serves many resources. */
function custom(app: App): InspectedProblem[] {
  const byType = new Map<string, Node[]>();
  for (const node of app.nodes.filter(isCustom))
    byType.set(node.resource.type, [...(byType.get(node.resource.type) ?? []), node]);
  return [...byType].map(([type, [first, ...more]]) => ({
    message: `${type}${more.length > 0 ? ` (${more.length + 1} times)` : ''} is a custom resource: code of its own runs while CloudFormation deploys, which is not delivered yet`,
    hint:
      remedies[type] ?? 'use what CloudFormation does itself, or deploy it in a stack of its own beside the service',
    where: first ? whereOf(first) : null,
  }));
}

const remedies: Readonly<Record<string, string>> = {
  'Custom::S3AutoDeleteObjects': 'leave autoDeleteObjects out: it empties the bucket when the stack is deleted',
  'Custom::S3BucketNotifications':
    'send the notifications to EventBridge (eventBridgeEnabled: true), or to an SQS queue by CfnBucket',
  'Custom::LogRetention': 'give the function a logGroup instead of logRetention',
};
