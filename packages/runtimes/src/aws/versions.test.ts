import type { LambdaClient } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import { activeVersion } from './versions.ts';

const functionThat = (configuration: object) =>
  ({ send: async () => ({ FunctionName: 'soundbite-staging-api', ...configuration }) }) as unknown as LambdaClient;
/** Longer than the patience: there is one look. */
const everyMs = 400_000;
const active = (configuration: object) =>
  activeVersion(functionThat(configuration), 'soundbite-staging-api', '7', everyMs);

it('a version that stays pending for five minutes is busy, and it says how to look', async () => {
  await expect(active({ State: 'Pending' })).rejects.toMatchObject({
    code: 'function-busy',
    message: 'soundbite-staging-api:7 is still being updated after 5 min',
    hint: expect.stringContaining('get-function-configuration --function-name soundbite-staging-api:7'),
  });
});

it('a version that cannot run is the release’s fault by its code, and the account’s by all else', async () => {
  const failed = (StateReasonCode: string) => active({ State: 'Failed', StateReason: 'no', StateReasonCode });
  await expect(failed('InvalidRuntime')).rejects.toMatchObject({ code: 'version-unhealthy' });
  await expect(failed('EniLimitExceeded')).rejects.toMatchObject({ code: 'function-unusable' });
  expect(await active({ State: 'Active' })).toMatchObject({ State: 'Active' });
});
