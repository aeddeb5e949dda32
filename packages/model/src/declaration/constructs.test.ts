import { expect, it } from 'vitest';
import { toldToConstructs } from './constructs.ts';
import type { Environment } from './shape.ts';

it('constructs are told what decides about stacks, in one form whatever the order, and nothing of accounts', () => {
  const settings = { retentionDays: 1, logLevel: 'info' };
  const environment = {
    ...{ watch: 5, gates: ['smoke'], port: 8101, cloud: { kind: 'emulated', account: '000000000001' } },
    ...{ settings, runtime: 'aws', protected: true, name: 'staging' },
  } as unknown as Environment;
  expect(toldToConstructs([environment])).toBe(
    '[{"name":"staging","protected":true,"runtime":"aws","settings":{"logLevel":"info","retentionDays":1}}]',
  );
});
