import { describe, expect, it } from 'vitest';
import { PermanentError } from './engines/engine.ts';
import { publicReason, TellableError } from './reason.ts';

const named = (name: string, more: object = {}) =>
  Object.assign(new Error('arn:aws:iam::123:role/x'), { name, ...more });

describe('a reason', () => {
  it.each([
    [new TellableError('speaking took longer than 30 s'), 'speaking took longer than 30 s'],
    [new PermanentError('not that'), 'not that'],
    [new Error('outer', { cause: new TellableError('flite ended with code 1') }), 'flite ended with code 1'],
    [named('ThrottlingException', { $fault: 'client', $metadata: {} }), 'AWS answered ThrottlingException'],
    [named('Error', { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [new AggregateError([named('Error', { code: 'ECONNREFUSED' })], 'all'), 'ECONNREFUSED'],
    [new TypeError('fetch failed', { cause: named('Error', { code: 'ENOTFOUND' }) }), 'ENOTFOUND'],
    [named('TimeoutError'), 'TimeoutError'],
    [new Error('/secret/path'), 'an error of the service itself, which its log tells'],
    ['x', 'an error of the service itself, which its log tells'],
  ])('of %s is real, and names nobody', (error, reason) => {
    expect(publicReason(error)).toBe(reason);
  });
});
