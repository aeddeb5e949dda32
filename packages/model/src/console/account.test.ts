import { expect, it } from 'vitest';
import type { Environment } from '../declaration/shape.ts';
import { accountOf } from './account.ts';

const declared = (cloud: Partial<Environment['cloud']>) =>
  ({ name: 'live', cloud: { account: '123456789012', region: 'eu-central-1', ...cloud } }) as Environment;
const api = { component: 'api', functionName: 'shop-api', alias: 'live', logGroup: '/aws/lambda/shop-api' };

it('what a real account has leads into its console: stacks, functions, logs', () => {
  const { cloud, stacks, functions } = accountOf({ ...declared({ kind: 'real' }), stacks: ['data', 'web'] }, [api]);
  expect(cloud).toEqual({ kind: 'real', account: '123456789012', region: 'eu-central-1' });
  const at = 'https://eu-central-1.console.aws.amazon.com';
  expect(stacks.map(({ name, url }) => [name, url])).toEqual(
    ['data', 'web'].map((name) => [
      name,
      `${at}/cloudformation/home?region=eu-central-1#/stacks/events?stackId=${name}`,
    ]),
  );
  expect(functions).toEqual([
    {
      ...{ component: 'api', name: 'shop-api', alias: 'live', logGroup: '/aws/lambda/shop-api' },
      url: `${at}/lambda/home?region=eu-central-1#/functions/shop-api/aliases/live`,
      logsUrl: expect.stringMatching(/\$252Faws\$252Flambda\$252Fshop-api\/log-events\$3Fstart\$3D-3600000$/),
    },
  ]);
});

it('what an emulated one has leads nowhere', () => {
  const { stacks, functions } = accountOf(declared({ kind: 'emulated' }), [api]);
  expect(stacks).toEqual([{ name: 'soundbite-live', url: null }]);
  expect(functions).toMatchObject([{ name: 'shop-api', url: null, logsUrl: null }]);
});
