import { type Cloud, type Environment, noHoldings } from '@soundbite/model';
import { beforeEach, expect, it } from 'vitest';
import { prepared } from './prepared.ts';

const staging = { name: 'staging', protected: false } as Environment;

let asked: number;
let isPrepared: boolean;
let configuration: string | null;
let ask: ReturnType<typeof prepared>;
beforeEach(() => {
  [asked, isPrepared, configuration] = [0, true, 'a life-1'];
  ask = prepared(async () => {
    asked += 1;
    return isPrepared ? noHoldings : null;
  });
});
const look = async (environment = staging, cloud: Partial<Cloud> = { configuration: async () => configuration }) =>
  (await ask(environment, cloud as Cloud)) !== null;

it('an account that is prepared is looked at once while it says that it is configured as it was', async () => {
  expect([await look(), await look(), asked]).toEqual([true, true, 1]);
  configuration = 'a life-2';
  isPrepared = false;
  expect([await look(), asked]).toEqual([false, 2]);
});

it('one that is not prepared, that says nothing, or that cannot say it is looked at each time', async () => {
  isPrepared = false;
  expect([await look(), await look(), asked]).toEqual([false, false, 2]);
  isPrepared = true;
  configuration = null;
  expect([await look(), await look(), asked]).toEqual([true, true, 4]);
  expect([await look(staging, {}), await look(staging, {}), asked]).toEqual([true, true, 6]);
});

it('another declaration may want another preparation', async () => {
  expect([await look(), await look({ ...staging, protected: true }), asked]).toEqual([true, true, 2]);
});
