import { startTestAccount } from '@soundbite/clouds/emulated/test-account.ts';
import { type Environment, noHoldings } from '@soundbite/model';
import { cloudAlarms, infrastructure } from '@soundbite/runtimes';
import { alarmHands } from '@soundbite/runtimes/infrastructure/testing-alarms.ts';
import { expect, it } from 'vitest';
import { declared } from './environment.ts';
import { testCloud } from './test-cloud.ts';

it('finds alarms on metrics and on alarms, by name and by prefix, over pages, and names none that is not there; as the controller', async () => {
  const account = await startTestAccount();
  const { account: id, region, endpoint, credentials, config } = account;
  const environment: Environment = { ...declared('production'), cloud: { kind: 'emulated', account: id, region } };
  const cloud = testCloud({ kind: 'emulated', account: id, region, endpoint, credentials }, environment);
  const hands = alarmHands(config);
  const find = (names: readonly string[], prefix?: string) => cloudAlarms().find(cloud, { names, prefix });
  try {
    await infrastructure({ emit: () => {} }).bootstrap(environment, cloud, noHoldings);
    for (const name of ['errors', 'latency', 'new']) await hands.put(name);
    await hands.set('errors', 'OK');
    await hands.set('latency', 'ALARM');
    await hands.over('any', 'latency');
    const found = await find(['errors', 'latency', 'new', 'any', 'gone']);
    expect(found.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'any ALARM',
      'errors OK',
      'latency ALARM',
      'new INSUFFICIENT_DATA',
    ]);
    const since = found.find(({ name }) => name === 'latency')?.since ?? 0;
    expect(Math.abs(Date.now() - since)).toBeLessThan(60_000);
    const many = Array.from({ length: 101 }, (_, at) => `shop/${String(at).padStart(3, '0')}`);
    await Promise.all(many.map(hands.put));
    expect((await find(['errors', 'shop/007'], 'shop/')).map(({ name }) => name)).toEqual(['errors', ...many]);
    expect(await find([], 'nothing/')).toEqual([]);
  } finally {
    hands.end();
    await account.dispose();
  }
});
