import { describe, expect, it } from 'vitest';
import { saidBy, subjectOfEntry } from './said-by.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('an entry', () => {
  it.each([
    ['promotion.requested', 'p-1', 'p-1', { screen: 'promotion', id: 'p-1' }],
    ['step.finished', 'p-1', 'p-1', { screen: 'promotion', id: 'p-1' }],
    ['release.blocked', digest, 'a'.repeat(12), { screen: 'release', release: digest }],
    ['evidence.added', digest, 'a'.repeat(12), { screen: 'release', release: digest }],
    ['hold.added', 'staging', 'staging', { screen: 'environment', name: 'staging' }],
    ['hold.added', 'staging@0123456789abcdef', 'staging@0123456789abcdef', null],
    ['token.created', 'ana', 'ana', { screen: 'people' }],
    ['of.a.later.version', 'x', 'x', null],
  ])('%s of %s leads to what it is about', (kind, subject, text, route) => {
    expect(subjectOfEntry({ kind, subject })).toEqual({ text, route });
  });

  it.each([
    [{ by: 'ana', reason: 'an outage' }, null, 'ana', 'an outage'],
    [{ environment: 'staging', actor: 'ben', reason: 'louder' }, 'staging', 'ben', 'louder'],
    [{ step: 'smoke', state: 'failed', detail: 'answered 500' }, null, null, 'smoke failed: answered 500'],
    [{ state: 'succeeded', reason: null }, null, null, 'succeeded'],
    [{ by: 7, reason: { deep: true }, detail: '' }, null, null, null],
    [null, null, null, null],
    ['text', null, null, null],
  ])('of %j says where, by whom and why', (payload, environment, by, why) => {
    expect(saidBy({ payload })).toEqual({ environment, by, why });
  });
});
