import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changed, environmentsIn, type Given, parse, problems, small } from './testing/given.ts';

const textOf = (file: string) => readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8');
const annotated = textOf('environments.yaml');
/** What stands beside it. */
const [service, schemaFile] = ['service.yaml', 'apps/service/settings.schema.json'];
const files = { [service]: textOf(service), [schemaFile]: textOf(schemaFile) };

describe('a declaration', () => {
  it('is the annotated file of this repository', () => {
    expect(environmentsIn({ text: annotated, files }).map(({ name }) => name)).toEqual([
      'dev-localstack',
      'dev-aws',
      'dev-aws-deployed',
      'staging',
      'production',
    ]);
  });

  it('may name who deploys the stacks of a cloud, in an override, too', () => {
    const given = changed('region: us-east-1 }', 'region: us-east-1, deployer: change-sets }');
    const cloud = { kind: 'emulated', account: '000000000002', region: 'us-east-1', deployer: 'toolkit' };
    const variables = { SOUNDBITE_CLOUD_SECOND: JSON.stringify(cloud) };
    const deployers = environmentsIn({ ...given, variables }).map((one) => one.cloud.deployer);
    expect(deployers).toEqual(['change-sets', 'toolkit']);
    expect(environmentsIn({}).map((one) => one.cloud.deployer)).toEqual([undefined, undefined]);
  });

  it('merges the shared settings into each environment, value by value', () => {
    const [first, second] = environmentsIn({});
    expect(first?.settings.limits).toEqual({ itemBytes: 3000, bodyBytes: 16384, requestsPerSecond: 50 });
    expect(second?.settings.limits).toEqual({ itemBytes: 3000, bodyBytes: 16384, requestsPerSecond: 200 });
  });

  it('has the same digest however it is written, and another one when a value differs', () => {
    const digest = (given: Given) => {
      const parsed = parse(given);
      return parsed.ok ? parsed.declaration.digest : null;
    };
    expect(digest({ text: `# a comment\n${small.replace('kind: emulated, ', '"kind": "emulated",   ')}` })).toBe(
      digest({}),
    );
    expect(digest(changed('seconds: 5', 'seconds: 6'))).not.toBe(digest({}));
  });
});

describe('the shape', () => {
  it.each([
    [
      'a value out of range',
      changed('seconds: 5', 'seconds: -5'),
      'environments.yaml:25 environments[1].gates[0].watch.seconds: must be 0 or more seconds, not -5',
    ],
    [
      'a value of another type',
      changed('seconds: 5', 'seconds: soon'),
      'environments.yaml:25 environments[1].gates[0].watch.seconds: must be a number, not "soon"',
    ],
    [
      'an unknown word',
      changed('runtime: process', 'runtime: docker'),
      'environments.yaml:14 environments[0].runtime: must be process or compose or aws, not "docker"',
    ],
    [
      'an unknown deployer',
      changed('region: us-east-1 }', 'region: us-east-1, deployer: terraform }'),
      'environments.yaml:13 environments[0].cloud.deployer: must be change-sets or toolkit, not "terraform"',
    ],
    [
      'an unknown gate',
      changed('- smoke', '- smoke\n      - canary'),
      'environments.yaml:19 environments[0].gates[1]: must be a gate (soak, drift, evidence, approval, alarms, smoke, tests, watch), alone or as the one key of its options, not "canary"',
    ],
    [
      'an unknown key',
      changed('protected: true', 'protected: true\n    colour: red'),
      'environments.yaml:24 environments[1].colour: is not a known key; remove it, or see docs/reference/environments.schema.json',
    ],
    [
      'a missing key',
      changed('    gates:\n      - smoke\n', ''),
      'environments.yaml:12 environments[0].gates: is missing; it must be a list',
    ],
    [
      'a key given twice',
      changed('runtime: aws', 'runtime: aws\n    runtime: process'),
      'environments.yaml:22 runtime is given twice; remove one',
    ],
    [
      'an account id without quotes',
      changed('"000000000001"', '000000000001'),
      'environments.yaml:13 environments[0].cloud.account: 000000000001 is read by YAML as a number; put the account id in quotes: "123456789012"',
    ],
    [
      'a wrong account id',
      changed('"000000000001"', '"12345"'),
      'environments.yaml:13 environments[0].cloud.account: must be an account id of 12 digits, not "12345"',
    ],
    [
      'an unknown kind of cloud',
      changed('kind: emulated', 'kind: azure'),
      'environments.yaml:13 environments[0].cloud.kind: must be emulated or real, not "azure"',
    ],
    ['another version', changed('version: 1', 'version: 2'), 'environments.yaml:1 version: must be 1, not 2'],
    [
      'no environments',
      { text: `${small.split('environments:')[0]}environments: []\n` },
      'environments.yaml:11 environments: [] is empty; declare at least one environment',
    ],
    ['an empty file', { text: '' }, 'environments.yaml:1 must be a map, not null'],
    [
      'a name that cannot be one',
      changed('name: first', 'name: First'),
      'environments.yaml:12 environments[0].name: must be 2 to 31 of a-z, 0-9 and -, starting with a letter, not "First"',
    ],
    [
      'a prototype',
      changed('protected: true', 'protected: true\n    __proto__: { watch: 1 }'),
      'environments.yaml:24 environments[1].__proto__: is not a known key; remove it, or see docs/reference/environments.schema.json',
    ],
    ['two documents', { text: `${small}---\nversion: 1\n` }, 'environments.yaml:28 holds several documents; keep one'],
    [
      'an alias of nothing',
      changed('seconds: 5', 'seconds: *soon'),
      'environments.yaml:1 Unresolved alias (the anchor must be set before the alias): soon; write the values out',
    ],
  ])('names %s', (_what, given, expected) => {
    expect(problems(given)).toEqual([expected]);
  });

  it('refuses aliases that explode', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) =>
        `x${level}: &x${level} [${Array(9)
          .fill(level ? `*x${level - 1}` : 'lol')
          .join(', ')}]`,
    );
    expect(problems({ text: `${levels.join('\n')}\n` })).toEqual([
      'environments.yaml:1 Excessive alias count indicates a resource exhaustion attack; write the values out',
    ]);
  });

  it('says all problems at once, those of overrides too', () => {
    const text = small
      .replace('version: 1', 'version: 2')
      .replace('port: 8101', 'port: 80')
      .replace('seconds: 5', 'seconds: -1');
    expect(
      problems({
        text,
        local: 'environments:\n  third: { cloud: { kind: emulated, account: "000000000009", region: us-east-1 } }\n',
      }),
    ).toEqual([
      'environments.yaml:1 version: must be 1, not 2',
      'environments.yaml:15 environments[0].port: must be 1024 or more, not 80',
      'environments.yaml:25 environments[1].gates[0].watch.seconds: must be 0 or more seconds, not -1',
      'environments.local.yaml:2 environments.third: no environment named "third" is declared',
    ]);
  });
});

describe('a character that no record can keep', () => {
  const withRole = (role: string) => ({ account: '123456789012', kind: 'real', region: 'eu-central-1', role });
  it.each([
    ['NUL', '\\0', 'NUL'],
    ['half of a surrogate pair', '\\ud800', 'half of a surrogate pair'],
  ])('%s is refused where it stands, in every file and variable', (_what, written, named) => {
    const at = annotated.split('\n').findIndex((line) => line.includes('port: 8103'));
    const authorizer = `    authorizer: { issuer: "https://login.example/x", audience: ["ok", "a${written}b"] }`;
    const text = annotated.split('\n').toSpliced(at, 0, authorizer).join('\n');
    const line = `${at + 1} environments[2].authorizer.audience[1]: holds a character that cannot be recorded (${named}); remove it`;
    expect(problems({ text, files })).toEqual([`environments.yaml:${line}`]);
    const role = `"arn:aws:iam::123456789012:role/a${written}b"`;
    const cloud = JSON.stringify(withRole('ROLE')).replace('"ROLE"', role);
    const local = `environments:\n  staging:\n    cloud: ${cloud}\n`;
    expect(problems({ text: annotated, files, local })).toEqual([
      `environments.local.yaml:3 environments.staging.cloud.role: holds a character that cannot be recorded (${named}); remove it`,
    ]);
    expect(problems({ text: annotated, files, variables: { SOUNDBITE_CLOUD_STAGING: cloud } })).toEqual([
      `SOUNDBITE_CLOUD_STAGING:1 role: holds a character that cannot be recorded (${named}); remove it`,
    ]);
  });

  it('in a key is refused, too', () => {
    const [problem] = problems({ text: `"a\\0b": 1\n${annotated}` });
    expect(problem).toContain('holds a character that cannot be recorded (NUL)');
  });
});

describe('any text at all', () => {
  it('is a declaration or has problems with a line inside the text; it never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abc:-[]{}&*!|>#"\'\n \t01,?%@`'.split('')), maxLength: 60 }),
        (text) => {
          const parsed = parse({ text });
          expect(parsed.ok).toBe(false);
          if (parsed.ok) return;
          expect(parsed.problems.length).toBeGreaterThan(0);
          for (const { line } of parsed.problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(text.split('\n').length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('holds for a declaration with one line taken away', () => {
    const lines = annotated.split('\n');
    for (let index = 0; index < lines.length; index++) {
      const text = lines.filter((_, at) => at !== index).join('\n');
      const parsed = parse({ text, files });
      const where = parsed.ok ? [] : parsed.problems.map(({ line }) => line);
      expect(parsed.ok).toBe(where.length === 0);
      expect(where.every((line) => line >= 1 && line < lines.length)).toBe(true);
    }
  });
});
