import { ResourceNotFoundException } from '@aws-sdk/client-lambda';
import type { Environment } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { Clients } from './clients.ts';
import { functionUrlDrift } from './function-url.ts';

const url = 'https://abc.lambda-url.eu-central-1.on.aws/';
const denied = Object.assign(new Error('not you'), { name: 'AccessDeniedException' });
const gone = new ResourceNotFoundException({ message: 'none', $metadata: {} });

/** What is told where the account answers so. */
const told = (answer: object | Error, of: string | null = url) => {
  const send = async () => (answer instanceof Error ? Promise.reject(answer) : answer);
  const clients = { lambda: { send } } as unknown as Clients;
  const environment = { name: 'staging' } as Environment;
  return functionUrlDrift(clients, { environment }, { functionName: 'f', alias: 'live', url: of });
};

it.each<[string, object | Error, object[]]>([
  ['as it was delivered', { FunctionUrl: url, AuthType: 'NONE' }, []],
  ['gone', gone, [{ where: 'URL of f:live', detail: 'is gone', hint: 'soundbite repair staging', inTraffic: true }]],
  [
    'another one',
    { FunctionUrl: `${url}x`, AuthType: 'NONE' },
    [{ detail: `is ${url}x, not ${url}`, inTraffic: true }],
  ],
  ['closed', { FunctionUrl: url, AuthType: 'AWS_IAM' }, [{ detail: expect.stringContaining('AWS_IAM') }]],
  ['not to be read', denied, [{ hint: 'soundbite bootstrap staging', inTraffic: false }]],
])('the URL of a component that is %s', async (_what, answer, drift) => {
  expect(await told(answer)).toMatchObject(drift);
  expect(await told(answer)).toHaveLength(drift.length);
});

it('a component without a URL is not asked for one, and an account that is away is no drift', async () => {
  expect(await told(gone, null)).toEqual([]);
  await expect(told(new Error('away'))).rejects.toThrow('away');
});
