import { expect, it } from 'vitest';
import { componentMemory } from './component-memory.ts';

it('a component may use its heap and what Node needs beside it; what is kept for it the environment’s settings say', () => {
  const declared = { memory: 'settings.memory.heap', reserved: 'settings.memory.kept' };
  expect(componentMemory({ memory: { heap: 512, kept: 400 } }, declared)).toEqual({
    ...{ heapMiB: 512, limitMiB: 672, reservedMiB: 400 },
  });
  expect(componentMemory({ memory: { heap: 512, kept: 90 } }, declared).reservedMiB).toBe(90);
});

it('nothing is kept by itself for one that does not say it, or whose settings have no number there', () => {
  expect(componentMemory({}, {})).toEqual({ heapMiB: 512, limitMiB: 672, reservedMiB: null });
  expect(componentMemory({ kept: 'much' }, { memory: 64, reserved: 'settings.kept' })).toEqual({
    ...{ heapMiB: 64, limitMiB: 224, reservedMiB: null },
  });
});
