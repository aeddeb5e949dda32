import { expect, it } from 'vitest';
import { overrides, overridingOf } from './override.ts';

const asked = (more: object) => overridingOf({ override: true, reason: 'r', role: 'deployer', ...more });

it('nobody overrides who does not ask for it', () => {
  expect(asked({ override: false })).toBeNull();
  expect(asked({ override: false, breakGlass: true })).toEqual({ reason: 'r', isGlass: true, role: 'deployer' });
});

it.each([
  [{ role: 'deployer' }, [true, false, false]],
  [{ role: 'admin' }, [true, true, false]],
  [{ role: undefined }, [true, false, false]],
  [{ breakGlass: true }, [true, true, true]],
] as const)('of %j passes a gate of a deployer, of an admin, of nobody: %j', (more, passes) => {
  const overriding = asked(more);
  if (!overriding) throw new Error('it overrides');
  expect((['deployer', 'admin', 'nobody'] as const).map((by) => overrides(overriding, by))).toEqual(passes);
});
