import type { Places } from '@soundbite/model/people/actions.ts';
import { ask } from '../api.ts';
import { demoTold } from '../state.ts';
import type { Act } from './act.ts';

/** Shows on the home page what SoundBite does, in the last of these environments, which are all that are declared. */
export const toShowDemo = (environments: Places): Act => ({
  verb: 'Start the demo',
  title: `See it at work: a demo in ${environments.at(-1)}`,
  action: 'deliver',
  environment: environments,
  reason: 'none',
  isGrave: false,
  brings: null,
  says: 'It happens for real, on an emulated account, in about 35 seconds: a release that is broken on purpose is stopped before it has traffic, one that goes bad under traffic is brought back, and one is rolled back, while a client counts its requests. Then all is put back as it was.',
  command: () => 'soundbite demo',
  async perform(_reason, idempotencyKey) {
    await demoTold(await ask('POST /v1/demo', { body: { idempotencyKey } }), true);
    return { screen: 'environments' };
  },
});
