import { describe, expect, it } from 'vitest';
import { changed, environmentsIn, numbered, problems, realCloudText, small } from './testing/given.ts';

describe('the rules', () => {
  it.each([
    [
      'unique names',
      changed('name: second', 'name: first'),
      'environments.yaml:19 environments[1].name: first is already the name of environments[0]; choose another',
    ],
    [
      'unique ports',
      changed('port: 8102', 'port: 8101'),
      'environments.yaml:22 environments[1].port: 8101 is already the port of environments[0]; choose another',
    ],
    [
      'one region for an emulated account',
      changed('"000000000002", region: us-east-1', '"000000000001", region: eu-west-1'),
      'environments.yaml:20 environments[1].cloud: account 000000000001 is declared differently in environments[0]; an account has one kind, and an emulated one a single region',
    ],
  ])('keep %s', (_what, given, expected) => {
    expect(problems(given)).toEqual([expected]);
  });

  it('refuse a role of another account', () => {
    const wrong = JSON.stringify({
      kind: 'real',
      account: '123456789012',
      region: 'eu-central-1',
      role: 'arn:aws:iam::999999999999:role/controller',
    });
    expect(problems({ variables: { SOUNDBITE_CLOUD_FIRST: wrong } })).toEqual([
      'SOUNDBITE_CLOUD_FIRST:1 role: arn:aws:iam::999999999999:role/controller is not a role of account 123456789012',
    ]);
  });
});

describe('an environment of processes', () => {
  it('is refused where the service declares none, with its line and what to do', () => {
    const service =
      'version: 1\nname: orders\ninputs: [src]\napp: [node, app.js]\ncomponents: [{ name: api, function: Api }]\n';
    expect(problems({ text: numbered(2, { 2: 'runtime: process' }), service })).toEqual([
      'environments.yaml:9 environments[1].runtime: process needs what runs as processes, and service.yaml declares nothing; declare process there, or runtime: aws here',
    ]);
  });
});

describe('an API that its service does not open to everybody', () => {
  const service =
    'version: 1\nname: orders\ninputs: [src]\napp: [node, app.js]\nauthorizer: required\ncomponents: [{ name: api, function: Api }]\n';
  const local = `environments:\n  e2:\n    cloud: { ${realCloudText} }\n`;

  it('is refused on a real account without an authorizer, at the override that asked for it', () => {
    expect(problems({ local, service, text: numbered(2, { 2: 'runtime: aws' }) })).toEqual([
      'environments.local.yaml:3 environments.e2.cloud.kind: real is refused without an authorizer, which service.yaml requires; declare authorizer.issuer and authorizer.audience',
    ]);
  });

  it('is nobody’s business where the service does not say so', () => {
    const open = service.replace('authorizer: required\n', '');
    expect(environmentsIn({ local, service: open, text: numbered(2, { 2: 'runtime: aws' }) })).toHaveLength(2);
  });
});

describe('two names that would meet in one account', () => {
  const declared = (one: string, other: string, account = '000000000001') => ({
    text: small
      .replace('name: first', `name: ${one}`)
      .replace('name: second', `name: ${other}`)
      .replace('"000000000002"', `"${account}"`),
  });

  it.each([
    ['dev', 'dev-fence', 'table soundbite-dev-fence'],
    ['dev-fence', 'dev', 'table soundbite-dev-fence'],
    ['bootstrap-dev', 'dev', 'stack soundbite-bootstrap-dev'],
    ['dev', 'dev-operators', 'policy soundbite-dev-operators-boundary'],
    ['eacd', 'ec894', 'bootstrap qualifier sb0cb8a314'],
  ])('%s and %s are refused', (one, other, what) => {
    expect(problems(declared(one, other))).toEqual([
      `environments.yaml:19 environments[1].name: ${other} has the ${what} in account 000000000001, and so has ${one}; choose another name, or another account`,
    ]);
    expect(environmentsIn(declared(one, other, '000000000002'))).toHaveLength(2);
  });

  it('are refused when an override brings them together', () => {
    const cloud = { kind: 'emulated', account: '000000000001', region: 'us-east-1' };
    const given = declared('dev', 'dev-fence', '000000000002');
    const variables = { SOUNDBITE_CLOUD_DEV_FENCE: JSON.stringify(cloud) };
    expect(problems({ ...given, variables })).toHaveLength(1);
  });

  it.each([
    ['dev', 'dev-aws'],
    ['dev', 'dev-api'],
    ['dev', 'dev-worker'],
    ['dev', 'dev-jobs'],
    ['dev', 'dev-'],
    ['bootstrap', 'fence'],
    ['constructor', 'operators'],
  ])('%s and %s stand beside each other', (one, other) => {
    expect(environmentsIn(declared(one, other))).toHaveLength(2);
  });
});
