import { describe, expect, it } from 'vitest';
import { type Action, actions, forbiddenWords, isAllowed, type Role, roleNames } from './roles.ts';
import { actorOf, Person, TokenName, TokenRequest, tokenHash } from './token.ts';

const everywhere = (role: Role) => ({ role, environments: [] });
const inStaging = (role: Role) => ({ role, environments: ['staging'] });
const may = (actor: ReturnType<typeof inStaging>, places: readonly string[]) =>
  (Object.keys(actions) as Action[]).filter((action) => isAllowed(actor, action, places));

describe('a role', () => {
  it.each([
    ['viewer', ['look']],
    ['deployer', ['look', 'deliver']],
    ['approver', ['look', 'decide']],
    ['admin', ['look', 'deliver', 'decide', 'administer']],
  ] satisfies [Role, Action[]][])('%s may %j', (role, allowed) => {
    expect(may(everywhere(role), ['production'])).toEqual(allowed);
    expect(may(everywhere(role), [])).toEqual(allowed);
    expect(may(inStaging(role), ['staging'])).toEqual(allowed);
  });

  it.each(roleNames)('%s that holds in one environment only looks elsewhere', (role) => {
    expect(may(inStaging(role), ['production'])).toEqual(['look']);
    expect(may(inStaging(role), ['staging', 'production'])).toEqual(['look']);
  });

  it('that holds in one environment administers nothing that belongs to no environment', () => {
    expect(may(inStaging('admin'), [])).toEqual(['look', 'deliver', 'decide']);
  });
});

it('a refusal says who asks, and who may', () => {
  const ana = actorOf({ name: 'laptop', person: 'ana@example.com', role: 'deployer', environments: ['staging'] });
  expect(forbiddenWords(ana, 'deliver', ['production'])).toBe(
    'ana@example.com is deployer in staging; only deployer or admin may deliver in production',
  );
  expect(forbiddenWords({ ...ana, environments: [] }, 'administer', [])).toBe(
    'ana@example.com is deployer; only admin may administer',
  );
});

describe('a token', () => {
  it.each(['local', '', 'Ana', 'a b', 'ana@example.com', '-a', 'a'.repeat(65), '../x'])('is not named %j', (name) => {
    expect(TokenName.safeParse(name).success).toBe(false);
  });

  it.each(['ana', 'a b@c', '@c', 'a@', '"a"@c', 'ana@b\n'])('is not of the person %j', (person) => {
    expect(Person.safeParse(person).success).toBe(false);
  });

  it('is of one person, whatever the capitals', () => {
    expect(Person.parse('Ana@Example.com')).toBe('ana@example.com');
  });

  it('lasts 90 days unless told, and at most a year', () => {
    expect(TokenRequest.parse({ name: 'ci', role: 'deployer' })).toMatchObject({ days: 90, environments: [] });
    for (const days of [0, 367, 1.5, -1])
      expect(TokenRequest.safeParse({ name: 'ci', role: 'deployer', days }).success).toBe(false);
  });

  it('is kept as its hash', () => {
    expect(tokenHash('sbt_x')).toMatch(/^[0-9a-f]{64}$/);
    expect(tokenHash('sbt_x')).not.toBe(tokenHash('sbt_y'));
  });
});
