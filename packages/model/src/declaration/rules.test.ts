import { describe, expect, it } from 'vitest';
import { changed, environmentsIn, problems, realCloudText, small } from './testing/given.ts';

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
    [
      'a text that fits into a body',
      changed('bodyBytes: 16384', 'bodyBytes: 3000'),
      'environments.yaml:4 service.limits.textBytes: 3000 does not fit into bodyBytes 3000',
    ],
  ])('keep %s', (_what, given, expected) => {
    expect(problems(given)).toEqual([expected]);
  });

  it('refuse a real cloud for a public API without an authorizer, at the override that asked for it', () => {
    expect(problems({ local: `environments:\n  second:\n    cloud: { ${realCloudText} }\n` })).toEqual([
      'environments.local.yaml:3 environments.second.cloud.kind: real is refused without an authorizer; declare authorizer.issuer and authorizer.audience',
    ]);
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

  it('refuse loopback callbacks on a real cloud', () => {
    const text = small.replace('callbacks: public', 'callbacks: loopback');
    expect(problems({ text, local: `environments: { first: { cloud: { ${realCloudText} } } }` })).toEqual([
      'environments.yaml:8 service.callbacks: loopback is refused on a real cloud; say public',
    ]);
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

describe('a watch on a real cloud', () => {
  const authorizer = '    authorizer: { issuer: "https://id.example.com", audience: [soundbite] }';
  const local = `environments: { second: { cloud: { ${realCloudText} } } }`;
  const text = (watch: number, logLevel: string) =>
    small.replace('watch: 5', `watch: ${watch}\n${authorizer}`).replace('logLevel: info', `logLevel: ${logLevel}`);

  it('refuses a log without the requests that it counts', () => {
    expect(problems({ text: text(5, 'warn'), local })).toEqual([
      'environments.yaml:5 service.logLevel: warn hides the requests that the watch counts on a real cloud; say info, or watch: 0',
    ]);
  });

  it('has no say where nothing is watched, or the edge counts', () => {
    expect(environmentsIn({ text: text(0, 'warn'), local })).toHaveLength(2);
    expect(environmentsIn({ text: text(5, 'error') })).toHaveLength(2);
    expect(environmentsIn({ text: text(5, 'debug'), local })).toHaveLength(2);
  });
});
