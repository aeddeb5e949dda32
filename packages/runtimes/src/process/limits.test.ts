import { expect, it } from 'vitest';
import { processLimits } from './limits.ts';

it('the limits of a process are those that its settings name', () => {
  const settings = { memory: { apiMiB: 256, workerMiB: 1024 }, jobTimeoutSeconds: 60 };
  expect(processLimits(settings, 'api')).toEqual({ heapMiB: 256, stopWithinMs: 70_000 });
  expect(processLimits(settings, 'worker')).toEqual({ heapMiB: 1024, stopWithinMs: 70_000 });
});

it.each([
  {},
  { memory: null, jobTimeoutSeconds: 'soon' },
  { memory: 'much' },
  { memory: { apiMiB: -1 }, jobTimeoutSeconds: 0 },
])('a process of a service with the settings %j has usual ones', (settings) => {
  expect(processLimits(settings, 'api')).toEqual({ heapMiB: 512, stopWithinMs: 40_000 });
});
