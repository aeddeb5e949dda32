import type { Environment } from '@soundbite/model';
import { beforeEach, expect, it } from 'vitest';
import { type LookMemory, lookMemory } from './look-memory.ts';

const on = (account: string) =>
  ({ name: 'staging', cloud: { kind: 'emulated', account, region: 'us-east-1' } }) as Environment;

let looks: LookMemory;
let made: number;
let found: () => Promise<string | null>;
beforeEach(() => {
  looks = lookMemory();
  made = 0;
  found = async () => `look ${made}`;
});
const look = (configuration: string | null, environment = on('1')) =>
  looks.whileSame(environment, 'stack', configuration, () => {
    made += 1;
    return found();
  });

it('a look holds while the account says the same of its configuration, and for whoever asks during it', async () => {
  expect(await Promise.all([look('a'), look('a')])).toEqual(['look 1', 'look 1']);
  expect(await look('a')).toBe('look 1');
  expect(await look('b')).toBe('look 2');
  expect(await look('a')).toBe('look 3');
});

it('nothing holds of an account that does not say, that is another one, or after a change from here', async () => {
  await look('a');
  expect(await look(null)).toBe('look 2');
  expect(await look('a', on('2'))).toBe('look 3');
  looks.forget('staging');
  expect(await look('a')).toBe('look 4');
});

it('a look that found nothing, or that failed, does not hold', async () => {
  found = async () => null;
  expect(await look('a')).toBeNull();
  found = () => Promise.reject(new Error('away'));
  await expect(look('a')).rejects.toThrow('away');
  found = async () => 'there';
  expect(await look('a')).toBe('there');
  expect(made).toBe(3);
});
