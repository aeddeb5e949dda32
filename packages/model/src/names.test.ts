import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fixedNames } from './fixed-stacks.ts';
import { namedAlike } from './named-alike.ts';
import { awsNames } from './names.ts';

/** Those of an environment's bootstrap, and of a service that names what it has as the first one does. */
const allNames = (environment: string) => ({ ...awsNames(environment), ...fixedNames(environment) });

const word = fc.constantFrom(
  'a',
  'api',
  'worker',
  'jobs',
  'fence',
  'boundary',
  'bootstrap',
  'operators',
  'controller',
  'dead',
  'letters',
  'x',
);
const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('-').slice(0, 31));

/** Kinds of things that share their names, as AWS sees them; each key is of one. */
const spaces = [
  ['stack', 'toolkitStack'],
  ['table', 'fenceTable'],
  ['permissionsBoundary', 'operatorsBoundary', 'executionPolicy'],
  ['controllerRole', 'apiRole', 'workerRole'],
  ['apiFunction', 'workerFunction'],
  ['queue', 'deadLetterQueue'],
  ['apiLogGroup', 'workerLogGroup', 'accessLogGroup'],
  ...['qualifier', 'bucketPrefix', 'webhookSecret', 'infrastructureParameter', 'sweepRule'].map((key) => [key]),
  ...['alarmTopic', 'alarmPrefix', 'dashboard'].map((key) => [key]),
] as (keyof ReturnType<typeof allNames>)[][];

it('every name of an environment is of one kind', () => {
  expect(spaces.flat().sort()).toEqual(Object.keys(allNames('x')).sort());
});

it('two environments meet in an account exactly where namedAlike says so', () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      fc.pre(one !== other);
      const [ours, theirs] = [allNames(one), allNames(other)];
      const meet = spaces.some((keys) => keys.some((key) => keys.some((their) => ours[key] === theirs[their])));
      expect(namedAlike(one, other) !== null).toBe(meet);
    }),
    { numRuns: 2_000 },
  );
});

it('the longest name makes none that AWS refuses as too long', () => {
  const names = allNames('a'.repeat(31));
  const most: Partial<Record<keyof typeof names, number>> = {
    ...{ stack: 128, toolkitStack: 128, qualifier: 10, table: 255, fenceTable: 255, queue: 80, deadLetterQueue: 80 },
    ...{ controllerRole: 64, apiRole: 64, workerRole: 64, apiFunction: 64, workerFunction: 64, sweepRule: 64 },
    ...{ permissionsBoundary: 128, operatorsBoundary: 128, executionPolicy: 128, webhookSecret: 512, alarmTopic: 256 },
    // Twelve digits of the account follow.
    bucketPrefix: 63 - 12,
  };
  for (const [key, length] of Object.entries(most))
    expect([key, names[key as keyof typeof names].length <= length]).toEqual([key, true]);
});
