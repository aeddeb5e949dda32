import { processesOfBefore } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { WantedComponent } from '../versions/parts.ts';
import { containerSpec, isOfReleases, loopbackPort } from './spec.ts';

const release = `sha256:0123456789ab${'0'.repeat(52)}` as const;
const wanted = {
  target: { environment: { name: 'staging' } },
  installed: { release, token: 'control', processes: processesOfBefore },
  component: processesOfBefore.components[0],
  settings: { memory: { workerMiB: 300 }, jobTimeoutSeconds: 20 },
  env: {
    ...{ SOUNDBITE_ENVIRONMENT: 'staging', SOUNDBITE_RELEASE: release, SOUNDBITE_SETTINGS: '{"key":"of the service"}' },
    ...{ SOUNDBITE_CONTROL_TOKEN: 'control', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'role' },
  },
} as unknown as WantedComponent;
const relay = { host: '172.18.0.1', port: 9500, token: 'of the relay' };
const more = { image: 'sha256:1', network: 'n', codeDigest: 'c', relay, ports: { 4566: 'account' as const } };

it('shows whoever may ask the engine nothing that is secret, nor settings, which may be', () => {
  const { secrets, forwards, ...shown } = containerSpec(wanted, more);
  expect(JSON.stringify(shown)).not.toMatch(/control"|role"|of the/);
  expect(secrets).toMatchObject({ SOUNDBITE_CONTROL_TOKEN: 'control', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'role' });
  expect(forwards).toEqual({ relay, ports: { 4566: 'account' } });
});

it('limits its memory beyond its heap, and lets it end its work', () => {
  expect(containerSpec(wanted, more)).toMatchObject({
    name: 'staging-worker-0123456789ab',
    command: expect.arrayContaining(['--max-old-space-size=300', '/app/index.mjs', 'worker']),
    memoryMiB: 460,
    stopWithinMs: 30_000,
  });
});

it('has reserved what is declared, and is the same container as before where nothing is', () => {
  const component = { ...wanted.component, reserved: 'settings.memory.workerReservedMiB' };
  const settings = { memory: { workerMiB: 300, workerReservedMiB: 90 } };
  expect(containerSpec({ ...wanted, component, settings }, more).reservedMiB).toBe(90);
  expect(containerSpec(wanted, more)).not.toHaveProperty('reservedMiB');
});

it('tells addresses of this machine from others', () => {
  expect(loopbackPort('http://127.0.0.1:4566')).toBe(4566);
  expect(loopbackPort('http://localhost/')).toBe(80);
  for (const url of [undefined, 'https://sqs.eu-central-1.amazonaws.com', 'nonsense', 'http://10.0.0.1:4566'])
    expect(loopbackPort(url)).toBeNull();
});

it('knows containers that belong to no version any more', () => {
  expect(isOfReleases('staging-api-0123456789ab', [release])).toBe(true);
  expect(isOfReleases('staging-api-ba9876543210', [release])).toBe(false);
});
