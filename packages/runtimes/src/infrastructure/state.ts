import {
  awsNames,
  type Cloud,
  type Environment,
  type SoughtMembers,
  type StackPresence,
  type StackState,
} from '@soundbite/model';
import { withCloudFormation } from './client.ts';
import { withEyes } from './eyes.ts';
import { standingMembers } from './leftovers.ts';
import { asLooker } from './lookup-role.ts';
import { membersOf } from './members.ts';
import { pace } from './pace.ts';
import { missingOf } from './presence.ts';
import { type DriftLook, lookForDrift } from './settings.ts';
import { describeStack, outputsOf, parametersOf, releaseOf } from './stack.ts';
import type { Templates } from './templates.ts';
import { isWedged, neverWas } from './trouble.ts';

/** See `Infrastructure.state`. */
export async function stateOf(
  templates: Templates,
  environment: Environment,
  cloud: Cloud,
): Promise<StackState | null> {
  const name = awsNames(environment.name).stack;
  return withCloudFormation(await cloud.access('controller'), async (client) => {
    const stack = await describeStack(client, name);
    if (!stack || neverWas(stack)) return null;
    return {
      status: stack.StackStatus ?? 'UNKNOWN',
      template: await templates.of(client, stack),
      parameters: parametersOf(stack),
      outputs: outputsOf(stack),
      release: releaseOf(stack),
      wayOut: isWedged(stack) ? `soundbite repair ${environment.name}` : null,
    };
  });
}

/** See `Infrastructure.presence`. */
export async function presenceOf(
  templates: Templates,
  environment: Environment,
  cloud: Cloud,
  { types, settings, template }: SoughtMembers = {},
): Promise<StackPresence> {
  const { stack: name } = awsNames(environment.name);
  const looker = await asLooker(environment, cloud);
  return withCloudFormation(looker, (client) =>
    withEyes(looker, async (eyes) => {
      const stack = await describeStack(client, name);
      if (!stack || neverWas(stack))
        return { missing: [], changed: [], leftovers: template ? await standingMembers(eyes, template, looker) : [] };
      const [members, deployed] = await Promise.all([membersOf(client, name), templates.of(client, stack)]);
      const { altered, found } = settings ? await lookForDrift(client, stack, pace(cloud)) : nothingLookedAt;
      const missing = await missingOf(eyes, deployed, members, { types, found });
      return { missing, changed: altered.map(({ found: _values, ...member }) => member), leftovers: [] };
    }),
  );
}

const nothingLookedAt: DriftLook = { altered: [], found: new Set() };
