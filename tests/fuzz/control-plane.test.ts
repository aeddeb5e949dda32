import { startFake } from '@soundbite/client/testing/fake-control-plane.ts';
import { makeWorld } from '@soundbite/client/testing/fake-world.ts';
import { expect, it } from 'vitest';
import { fuzz, fuzzPatience } from '../support/contract-tools.ts';

/**
 * Every operation, those with effects, too: the fake is served by the code that serves the real one, over a world that nothing can harm. Reading is fuzzed on
 * the real one, too (tests/fuzz/real-control-plane.test.ts).
 */
it(
  'a control plane holds its contract against a fuzzer',
  async () => {
    const plane = await startFake(makeWorld({ 'dev-localstack': `sha256:${'a'.repeat(64)}` }));
    try {
      const headers = { Authorization: `Bearer ${plane.token}` };
      const report = await fuzz({ url: plane.url, headers }, { config: 'control-plane.toml' });
      expect(report).toMatch(/(\d+) selected \/ \1 total/);
    } finally {
      await plane.stop();
    }
  },
  fuzzPatience,
);

it('the fuzzer finds what breaks a contract', async () => {
  const world = makeWorld();
  world.status = () => {
    throw new Error('a fault of the test');
  };
  const plane = await startFake(world);
  try {
    const headers = { Authorization: `Bearer ${plane.token}` };
    await expect(fuzz({ url: plane.url, headers }, { config: 'only-status.toml' })).rejects.toThrow(/Server error/);
  } finally {
    await plane.stop();
  }
});
