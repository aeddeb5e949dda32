import { expect, it } from 'vitest';
import { processesOfBefore } from './released-processes.ts';
import { serviceEnv } from './service-env.ts';

const told = (access: Parameters<typeof serviceEnv>[0]['access']) =>
  serviceEnv({
    ...{ environment: 'staging', release: 'sha256:0', settings: {}, outputs: {} },
    ...{ processes: processesOfBefore, access },
  });

it('tells a service where its users reach an emulated account only if they do not reach it where the service does', () => {
  const endpoint = 'http://127.0.0.1:8111';
  expect(told({ region: 'us-east-1', endpoint, shownEndpoint: 'http://127.0.0.2:8111' })).toMatchObject({
    AWS_ENDPOINT_URL: endpoint,
    SOUNDBITE_SHOWN_ENDPOINT: 'http://127.0.0.2:8111',
  });
  for (const access of [{ region: 'us-east-1', endpoint }, { region: 'us-east-1' }])
    expect(told(access)).not.toHaveProperty('SOUNDBITE_SHOWN_ENDPOINT');
});
