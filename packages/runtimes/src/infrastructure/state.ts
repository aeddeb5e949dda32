import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import {
  type Cloud,
  combinedId,
  combinedOutputs,
  combinedRecord,
  combinedTemplate,
  type Environment,
  type ImportedResources,
  importedResources,
  ownId,
  type SoughtMembers,
  type StackMember,
  type StackPresence,
  type StackState,
  stacksOf,
} from '@soundbite/model';
import { withCloudFormation } from './client.ts';
import { type Exports, exportsOf } from './exports.ts';
import { type Eyes, withEyes } from './eyes.ts';
import { standingMembers } from './leftovers.ts';
import { asLooker } from './lookup-role.ts';
import { membersOf } from './members.ts';
import { type Pace, pace } from './pace.ts';
import { missingOf } from './presence.ts';
import { type DriftLook, lookForDrift } from './settings.ts';
import { describeStack, outputsOf, parametersOf, releaseOf } from './stack.ts';
import type { Templates } from './templates.ts';
import { isWedged, isWhole, neverWas } from './trouble.ts';

/** See `Infrastructure.state`. Of several stacks those are told that are there. */
export async function stateOf(
  templates: Templates,
  environment: Environment,
  cloud: Cloud,
): Promise<StackState | null> {
  return withCloudFormation(await cloud.access('controller'), async (client) => {
    const stands = await standingStacks(client, environment);
    const last = stands.at(-1);
    if (!last) return null;
    const isThere = nameIn(last) === stacksOf(environment).at(-1);
    return {
      status: (stands.find((stack) => !isWhole(stack)) ?? last).StackStatus ?? 'UNKNOWN',
      template: await templateOfAll(templates, client, environment, stands),
      parameters: combinedRecord(stands.map((stack) => ({ stack: nameIn(stack), of: parametersOf(stack) }))),
      outputs: combinedOutputs(stands.map((stack) => ({ stack: nameIn(stack), of: outputsOf(stack) }))),
      // The last one is deployed last: what it is of, they all have.
      release: isThere ? releaseOf(last) : null,
      wayOut: stands.some(isWedged) ? `soundbite repair ${environment.name}` : null,
    };
  });
}

async function templateOfAll(
  templates: Templates,
  client: CloudFormationClient,
  { name }: Environment,
  stands: readonly Stack[],
): Promise<unknown> {
  const read = stands.map(async (stack) => ({ stack: nameIn(stack), template: await templates.of(client, stack) }));
  return combinedTemplate(await Promise.all(read), name);
}

/** What the environment's stacks import from one another, as they are deployed now. Errors: those of `deployedTemplate`. */
export async function importedNow(
  templates: Templates,
  client: CloudFormationClient,
  environment: Environment,
): Promise<ImportedResources> {
  // The only stack imports from none.
  if (stacksOf(environment).length < 2) return new Map();
  const stands = await standingStacks(client, environment);
  return importedResources(await templateOfAll(templates, client, environment, stands));
}

const nameIn = ({ StackName = '' }: Stack): string => StackName;

/** The environment's stacks that are there, in the order in which they are deployed. */
export async function standingStacks(client: CloudFormationClient, environment: Environment): Promise<Stack[]> {
  const all = await Promise.all(stacksOf(environment).map((name) => describeStack(client, name)));
  return all.filter((stack) => stack !== null && !neverWas(stack)) as Stack[];
}

/** See `Infrastructure.presence`. */
export async function presenceOf(
  templates: Templates,
  environment: Environment,
  cloud: Cloud,
  sought: SoughtMembers = {},
): Promise<StackPresence> {
  const looker = await asLooker(environment, cloud);
  return withCloudFormation(looker, (client) =>
    withEyes(looker, async (eyes) => {
      const stands = await standingStacks(client, environment);
      const looking = { templates, client, eyes, pace: pace(cloud), sought, exports: exportsOf(stands) };
      const seen = await Promise.all(stands.map((stack) => presenceIn(looking, stack, stacksOf(environment))));
      const standing = sought.template ? await standingMembers(eyes, sought.template, looker) : [];
      const ofNone = ({ id }: StackMember) =>
        stands.length === 0 || (ownId(id).stack !== null && !stands.some((stack) => nameIn(stack) === ownId(id).stack));
      return {
        missing: seen.flatMap(({ missing }) => missing),
        changed: seen.flatMap(({ changed }) => changed),
        leftovers: standing.filter(ofNone),
      };
    }),
  );
}

interface PresenceLook {
  readonly templates: Templates;
  readonly client: CloudFormationClient;
  readonly eyes: Eyes;
  readonly pace: Pace;
  readonly sought: SoughtMembers;
  readonly exports: Exports;
}

async function presenceIn(
  { templates, client, eyes, pace, exports, sought: { types, settings } }: PresenceLook,
  stack: Stack,
  stacks: readonly string[],
): Promise<Pick<StackPresence, 'missing' | 'changed'>> {
  const name = nameIn(stack);
  const [members, deployed] = await Promise.all([membersOf(client, name), templates.of(client, stack)]);
  const { altered, found } = settings ? await lookForDrift(client, stack, pace) : nothingLookedAt;
  const missing = await missingOf(eyes, deployed, members, { types, found, exports });
  const told = <T extends StackMember>(member: T): T => ({ ...member, id: combinedId(stacks, name, member.id) });
  return { missing: missing.map(told), changed: altered.map(({ found: _values, ...member }) => told(member)) };
}

const nothingLookedAt: DriftLook = { altered: [], found: new Set() };
