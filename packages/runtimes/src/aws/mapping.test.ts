import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Environment, Target } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { Component } from './components.ts';
import type { FencedClients } from './fence.ts';
import { setMappings } from './mapping.ts';

const worker = 'soundbite-staging-worker';
const arn = `arn:aws:lambda:eu-central-1:123456789012:function:${worker}:live`;
const target = {
  environment: { name: 'staging' } as Environment,
  outputs: { WorkerFunctionName: worker, WorkerMappingId: 'm-1', QueueUrl: 'https://sqs/jobs' },
} as unknown as Target;
const component: Component = {
  name: 'worker',
  ...{ functionName: worker, alias: 'live', first: '1' },
  logicalId: null,
  health: null,
  path: null,
  contract: null,
  apiId: null,
  rest: null,
  url: null,
  queues: [{ mappingId: 'm-1', url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/jobs' }],
  callers: [],
};

/** An account whose one mapping goes through these states, one at each look; the last one stays. An error among them is what a change is refused with. */
function mappingThat(...told: readonly (string | Error)[]) {
  const left = told.filter((one) => typeof one === 'string');
  const refusal = told.find((one) => one instanceof Error);
  const changed: unknown[] = [];
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    if (command.constructor.name === 'UpdateEventSourceMappingCommand') {
      if (refusal) throw refusal;
      changed.push(command.input);
      return {};
    }
    const mapping = { UUID: 'm-1', FunctionArn: arn, State: left.length > 1 ? left.shift() : left[0] };
    return command.constructor.name === 'ListEventSourceMappingsCommand' ? { EventSourceMappings: [mapping] } : mapping;
  };
  const lambda = Object.assign(new LambdaClient({ region: 'eu-central-1' }), { send });
  const access = { kind: 'real', account: '123456789012', region: 'eu-central-1' };
  const clients = (everyMs: number) => ({ lambda, access, everyMs, hold: async () => {} }) as unknown as FencedClients;
  return { clients, changed };
}

it('a mapping that does not become what it was told to be is said with how to look', async () => {
  const { clients, changed } = mappingThat('Disabled', 'Enabling');
  // Longer than the patience: there is one look.
  await expect(setMappings(clients(400_000), target, component, true)).rejects.toMatchObject({
    code: 'mapping-stuck',
    message: 'the mapping m-1 of the worker is not enabled after 3 min',
    hint: expect.stringContaining('get-event-source-mapping --uuid m-1'),
  });
  expect(changed).toEqual([{ UUID: 'm-1', Enabled: true }]);
});

it('it is waited for while it is on its way, and left alone where it is so already', async () => {
  const moving = mappingThat('Disabled', 'Enabling', 'Enabling', 'Enabled');
  await setMappings(moving.clients(1), target, component, true);
  expect(moving.changed).toHaveLength(1);
  const still = mappingThat('Disabled');
  await setMappings(still.clients(1), target, component, false);
  expect(still.changed).toEqual([]);
});

it.each([true, false])(
  'what AWS refuses to switch (on: %s) is said in its words, with what puts the queue back',
  async (on) => {
    const refusal = Object.assign(
      new Error('Queue visibility timeout: 1 seconds is less than Function timeout: 30 seconds'),
      { name: 'InvalidParameterValueException' },
    );
    const { clients } = mappingThat(on ? 'Disabled' : 'Enabled', refusal);
    await expect(setMappings(clients(1), target, component, on)).rejects.toMatchObject({
      code: 'mapping-stuck',
      message: `the mapping m-1 of the worker cannot be ${on ? 'enabled' : 'disabled'}: ${refusal.message}`,
      hint: expect.stringContaining('soundbite repair staging'),
      cause: refusal,
    });
  },
);
