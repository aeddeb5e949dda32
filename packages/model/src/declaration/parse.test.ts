import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDeclaration, problemText } from './parse.ts';

const annotated = readFileSync(new URL('../../../../environments.yaml', import.meta.url), 'utf8');

/** Two environments with everything that is obligatory. */
const small = `version: 1
service:
  voiceEngine: polly
  limits: { textBytes: 3000, bodyBytes: 16384, requestsPerSecond: 50 }
  logLevel: info
  memory: { apiMiB: 256, workerMiB: 512 }
  retentionDays: 30
  callbacks: public
  jobTimeoutSeconds: 30
  maxAttempts: 5
environments:
  - name: first
    cloud: { kind: emulated, account: "000000000001", region: us-east-1 }
    runtime: process
    port: 8101
    protected: false
    gates: [smoke]
    watch: 0
  - name: second
    cloud: { kind: emulated, account: "000000000002", region: us-east-1 }
    runtime: aws
    port: 8102
    protected: true
    gates: []
    watch: 5
    service:
      limits: { requestsPerSecond: 200 }
`;

interface Given {
  readonly text?: string;
  readonly local?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

function parse({ text = small, local, variables }: Given) {
  const file = local === undefined ? undefined : { file: 'environments.local.yaml', text: local };
  return parseDeclaration({ file: 'environments.yaml', text }, file, variables);
}

/** The problems of a declaration as people read them. */
function problems(given: Given): string[] {
  const parsed = parse(given);
  if (parsed.ok) throw new Error('this declaration has no problem');
  return parsed.problems.map(problemText);
}

/** `small` with one text replaced; the text must be there. */
function changed(from: string, to: string): Given {
  if (!small.includes(from)) throw new Error(`there is no ${from}`);
  return { text: small.replace(from, to) };
}

function environmentsOf(given: Given) {
  const parsed = parse(given);
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
  return parsed.declaration.environments;
}

describe('a declaration', () => {
  it('is the annotated file of this repository', () => {
    expect(environmentsOf({ text: annotated }).map(({ name }) => name)).toEqual([
      'dev-localstack',
      'dev-aws',
      'dev-aws-deployed',
      'staging',
      'production',
    ]);
  });

  it('merges the common settings into each environment, value by value', () => {
    const [first, second] = environmentsOf({});
    expect(first?.service.limits).toEqual({ textBytes: 3000, bodyBytes: 16384, requestsPerSecond: 50 });
    expect(second?.service.limits).toEqual({ textBytes: 3000, bodyBytes: 16384, requestsPerSecond: 200 });
  });

  it('has the same digest however it is written, and another one when a value differs', () => {
    const digest = (given: Given) => {
      const parsed = parse(given);
      return parsed.ok ? parsed.declaration.digest : null;
    };
    expect(digest({ text: `# a comment\n${small.replace('kind: emulated, ', '"kind": "emulated",   ')}` })).toBe(
      digest({}),
    );
    expect(digest(changed('watch: 5', 'watch: 6'))).not.toBe(digest({}));
  });
});

describe('the shape', () => {
  it.each([
    [
      'a value out of range',
      changed('watch: 5', 'watch: -5'),
      'environments.yaml:25 environments[1].watch: -5 is no time; give 0 s or more',
    ],
    [
      'a value of another type',
      changed('watch: 5', 'watch: soon'),
      'environments.yaml:25 environments[1].watch: "soon" is no number; give one',
    ],
    [
      'an unknown word',
      changed('runtime: process', 'runtime: docker'),
      'environments.yaml:14 environments[0].runtime: "docker" is none of process, aws; give one of them',
    ],
    [
      'an unknown gate',
      changed('gates: [smoke]', 'gates: [smoke, canary]'),
      'environments.yaml:17 environments[0].gates[1]: "canary" is not known; there is only smoke',
    ],
    [
      'an unknown key',
      changed('protected: true', 'protected: true\n    colour: red'),
      'environments.yaml:24 environments[1].colour: is no known key; remove it, or see docs/reference/environments.schema.json',
    ],
    [
      'a missing key',
      changed('    port: 8101\n', ''),
      'environments.yaml:12 environments[0].port: is missing; give a number',
    ],
    [
      'a key given twice',
      changed('watch: 5', 'watch: 5\n    watch: 6'),
      'environments.yaml:26 watch is given twice; remove one',
    ],
    [
      'an account id without quotes',
      changed('"000000000001"', '000000000001'),
      'environments.yaml:13 environments[0].cloud.account: 000000000001 is read by YAML as a number; put the account id in quotes: "123456789012"',
    ],
    [
      'a wrong account id',
      changed('"000000000001"', '"12345"'),
      'environments.yaml:13 environments[0].cloud.account: "12345" is no account id; it has 12 digits',
    ],
    [
      'an unknown kind of cloud',
      changed('kind: emulated', 'kind: azure'),
      'environments.yaml:13 environments[0].cloud.kind: "azure" is neither emulated nor real',
    ],
    [
      'another version',
      changed('version: 1', 'version: 2'),
      'environments.yaml:1 version: 2 is not known; there is only 1',
    ],
    [
      'no environments',
      { text: `${small.split('environments:')[0]}environments: []\n` },
      'environments.yaml:11 environments: [] is empty; declare at least one environment',
    ],
    ['an empty file', { text: '' }, 'environments.yaml:1 null is no map; give one'],
    [
      'a name that is no name',
      changed('name: first', 'name: First'),
      'environments.yaml:12 environments[0].name: "First" is no name; 2 to 31 of a-z, 0-9 and -, starting with a letter',
    ],
    [
      'a prototype',
      changed('protected: true', 'protected: true\n    __proto__: { watch: 1 }'),
      'environments.yaml:24 environments[1].__proto__: is no known key; remove it, or see docs/reference/environments.schema.json',
    ],
    ['two documents', { text: `${small}---\nversion: 1\n` }, 'environments.yaml:28 holds several documents; keep one'],
    [
      'an alias of nothing',
      changed('watch: 5', 'watch: *soon'),
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

  it('says a problem of the common settings once, where it stands', () => {
    expect(problems(changed('voiceEngine: polly', 'voiceEngine: espeak'))).toEqual([
      'environments.yaml:3 service.voiceEngine: "espeak" is none of flite, polly; give one of them',
    ]);
    expect(problems(changed('maxAttempts: 5', 'maxTries: 5'))).toEqual([
      'environments.yaml:2 service.maxAttempts: is missing; give a number',
      'environments.yaml:10 service.maxTries: is no known key; remove it, or see docs/reference/environments.schema.json',
    ]);
  });

  it("says a problem of an environment's own setting at the environment", () => {
    expect(problems(changed('requestsPerSecond: 200', 'requestsPerSecond: 0'))).toEqual([
      'environments.yaml:27 environments[1].service.limits.requestsPerSecond: 0 is too small; give 1 or more',
    ]);
  });

  it('wants five tries of a job or more, wherever they are declared', () => {
    const why =
      'is too few: a batch that is answered in part, or a function that is throttled, uses up tries of jobs that were never begun; give 5 or more';
    expect(problems(changed('maxAttempts: 5', 'maxAttempts: 4'))).toEqual([
      `environments.yaml:10 service.maxAttempts: 4 ${why}`,
    ]);
    expect(
      problems(
        changed('limits: { requestsPerSecond: 200 }', 'limits: { requestsPerSecond: 200 }\n      maxAttempts: 3'),
      ),
    ).toEqual([`environments.yaml:28 environments[1].service.maxAttempts: 3 ${why}`]);
  });

  it('says all problems at once, those of overrides too', () => {
    const text = small
      .replace('version: 1', 'version: 2')
      .replace('port: 8101', 'port: 80')
      .replace('watch: 5', 'watch: -1');
    expect(
      problems({
        text,
        local: 'environments:\n  third: { cloud: { kind: emulated, account: "000000000009", region: us-east-1 } }\n',
      }),
    ).toEqual([
      'environments.yaml:1 version: 2 is not known; there is only 1',
      'environments.yaml:15 environments[0].port: 80 is too small; give 1024 or more',
      'environments.yaml:25 environments[1].watch: -1 is no time; give 0 s or more',
      'environments.local.yaml:2 environments.third: third is no declared environment',
    ]);
  });
});

const realCloud =
  'kind: real, account: "123456789012", region: eu-central-1, role: "arn:aws:iam::123456789012:role/controller"';

describe('the rules', () => {
  it.each([
    [
      'unique names',
      changed('name: second', 'name: first'),
      'environments.yaml:19 environments[1].name: first is already the name of environments[0]; give another',
    ],
    [
      'unique ports',
      changed('port: 8102', 'port: 8101'),
      'environments.yaml:22 environments[1].port: 8101 is already the port of environments[0]; give another',
    ],
    [
      'one region for an emulated account',
      changed('"000000000002", region: us-east-1', '"000000000001", region: eu-west-1'),
      'environments.yaml:20 environments[1].cloud: account 000000000001 is declared otherwise in environments[0]; an account has one kind, and an emulated one a single region',
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
    expect(problems({ local: `environments:\n  second:\n    cloud: { ${realCloud} }\n` })).toEqual([
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
      'SOUNDBITE_CLOUD_FIRST:1 role: arn:aws:iam::999999999999:role/controller is no role of account 123456789012',
    ]);
  });

  it('refuse loopback callbacks on a real cloud', () => {
    const text = small.replace('callbacks: public', 'callbacks: loopback');
    expect(problems({ text, local: `environments: { first: { cloud: { ${realCloud} } } }` })).toEqual([
      'environments.yaml:8 service.callbacks: loopback is refused on a real cloud; say public',
    ]);
  });
});

describe('a watch on a real cloud', () => {
  const authorizer = '    authorizer: { issuer: "https://id.example.com", audience: [soundbite] }';
  const local = `environments: { second: { cloud: { ${realCloud} } } }`;
  const text = (watch: number, logLevel: string) =>
    small.replace('watch: 5', `watch: ${watch}\n${authorizer}`).replace('logLevel: info', `logLevel: ${logLevel}`);

  it('refuses a log without the requests that it counts', () => {
    expect(problems({ text: text(5, 'warn'), local })).toEqual([
      'environments.yaml:5 service.logLevel: warn hides the requests that the watch counts on a real cloud; say info, or watch: 0',
    ]);
  });

  it('has no say where nothing is watched, or the edge counts', () => {
    expect(environmentsOf({ text: text(0, 'warn'), local })).toHaveLength(2);
    expect(environmentsOf({ text: text(5, 'error') })).toHaveLength(2);
    expect(environmentsOf({ text: text(5, 'debug'), local })).toHaveLength(2);
  });
});

describe('overrides', () => {
  const authorized = small.replace(
    'watch: 5',
    'watch: 5\n    authorizer: { issuer: "https://id.example.com", audience: [soundbite] }',
  );
  const cloud = {
    kind: 'real',
    account: '123456789012',
    region: 'eu-central-1',
    role: 'arn:aws:iam::123456789012:role/controller',
  };

  it('change the cloud of an environment, and nothing else', () => {
    const before = environmentsOf({ text: authorized });
    const after = environmentsOf({
      text: authorized,
      local: `environments:\n  second:\n    cloud: { ${realCloud} }\n`,
    });
    expect(after).toEqual([before[0], { ...before[1], cloud }]);
  });

  it('come from variables too', () => {
    const [first] = environmentsOf({ variables: { SOUNDBITE_CLOUD_FIRST: JSON.stringify(cloud) } });
    expect(first?.cloud).toEqual(cloud);
  });

  it('may be a file without any', () => {
    expect(environmentsOf({ local: '# none yet\n' })).toEqual(environmentsOf({}));
    expect(environmentsOf({ local: 'environments:\n' })).toEqual(environmentsOf({}));
  });

  it('given twice are refused, and both places are named', () => {
    const local = `environments: { first: { cloud: { ${realCloud} } } }`;
    expect(problems({ local, variables: { SOUNDBITE_CLOUD_FIRST: JSON.stringify(cloud) } })).toEqual([
      'SOUNDBITE_CLOUD_FIRST:1 first is overridden twice, first by environments.local.yaml; remove one',
    ]);
    expect(
      problems({
        local: `environments:\n  first: { cloud: { ${realCloud} } }\n  first: { cloud: { ${realCloud} } }\n`,
      }),
    ).toEqual(['environments.local.yaml:3 first is given twice; remove one']);
  });

  it.each([
    [
      'an unknown environment',
      { SOUNDBITE_CLOUD_DEV_AWS: JSON.stringify(cloud) },
      'SOUNDBITE_CLOUD_DEV_AWS:1 dev-aws is no declared environment',
    ],
    ['what is no cloud', { SOUNDBITE_CLOUD_FIRST: 'real' }, 'SOUNDBITE_CLOUD_FIRST:1 "real" is no map; give one'],
    [
      'a cloud that lacks something',
      { SOUNDBITE_CLOUD_FIRST: '{"kind":"emulated","account":"000000000001"}' },
      'SOUNDBITE_CLOUD_FIRST:1 region: is missing; give a text',
    ],
  ])('in a variable name %s', (_what, variables, expected) => {
    expect(problems({ variables: variables as unknown as Record<string, string> })).toEqual([expected]);
  });

  it('may not touch anything but the cloud', () => {
    expect(problems({ local: `environments:\n  first:\n    cloud: { ${realCloud} }\n    watch: 0\n` })).toEqual([
      'environments.local.yaml:4 environments.first.watch: is no known key; an override changes `cloud` only',
    ]);
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
      const parsed = parse({ text });
      const where = parsed.ok ? [] : parsed.problems.map(({ line }) => line);
      expect(parsed.ok).toBe(where.length === 0);
      expect(where.every((line) => line >= 1 && line < lines.length)).toBe(true);
    }
  });
});
