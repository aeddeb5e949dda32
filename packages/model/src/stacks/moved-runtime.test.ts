import { expect, it } from 'vitest';
import { demandRuntime, movedRuntime } from './moved-runtime.ts';

const data = { Resources: { Table: { Type: 'AWS::DynamoDB::Table' } } };
const whole = { Resources: { ...data.Resources, ApiAlias: { Type: 'AWS::Lambda::Alias' } } };
const moved = (runtime: 'compose' | 'aws', current: object, next: object) =>
  movedRuntime({ name: 'shop', runtime }, current, next);

it('functions do not become containers in place, nor containers functions, and the way is said', () => {
  expect(moved('compose', whole, data)).toEqual({
    reason:
      'shop is live as functions of its stack, and is declared with runtime: compose now; it does not move in place',
    hint: expect.stringMatching(/another name with runtime: compose; .* soundbite destroy shop, then promote/),
  });
  expect(moved('aws', data, whole)?.reason).toMatch(/^shop is live on this machine, .* runtime: aws now/);
});

it('what runs alike goes on, however it changed', () => {
  expect(moved('compose', data, { Resources: {} })).toBeNull();
  expect(moved('aws', whole, whole)).toBeNull();
});

it('what is live as functions is not started as anything else, and what is not may be', () => {
  const demand = (isInAccount: boolean, outputs: object) => () =>
    demandRuntime({ name: 'shop', runtime: 'compose' }, isInAccount, { ...outputs });
  expect(demand(false, { Components: '[]' })).toThrow(/^shop is live as functions/);
  expect(demand(true, { Components: '[]' })).not.toThrow();
  expect(demand(false, { Table: 't' })).not.toThrow();
});
