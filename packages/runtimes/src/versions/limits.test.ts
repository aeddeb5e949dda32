import { processesOfBefore } from '@soundbite/model';
import { expect, it } from 'vitest';
import { processLimits } from './limits.ts';

const [worker = {}, api = {}] = processesOfBefore.components;

it('the limits of a process are those that its settings name, where it is declared', () => {
  const settings = { memory: { apiMiB: 256, workerMiB: 1024 }, jobTimeoutSeconds: 60 };
  expect(processLimits(settings, api)).toMatchObject({ heapMiB: 256, stopWithinMs: 70_000 });
  expect(processLimits(settings, worker)).toMatchObject({ heapMiB: 1024, stopWithinMs: 70_000 });
});

it('or the declared numbers themselves', () => {
  expect(processLimits({}, { memory: 64, seconds: 5 })).toMatchObject({ heapMiB: 64, stopWithinMs: 15_000 });
});

it.each([
  {},
  { memory: null, jobTimeoutSeconds: 'soon' },
  { memory: 'much' },
  { memory: { apiMiB: -1 }, jobTimeoutSeconds: 0 },
])('a process of a service with the settings %j has usual ones', (settings) => {
  expect(processLimits(settings, api)).toMatchObject({ heapMiB: 512, stopWithinMs: 40_000 });
});
