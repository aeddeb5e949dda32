import { describe, expect, it } from 'vitest';
import {
  changed,
  environmentsIn,
  type Given,
  parse,
  problems,
  realCloudText,
  schemaText,
  serviceText,
  small,
} from './testing/given.ts';

const known = 'is not a known key; remove it, or see src/settings.schema.json';
const noSchema = 'needs a schema, but service.yaml names no settings schema';

/** `small`, whose environments say no settings and share these. */
const sharing = (settings: string) =>
  small.replace(/settings:\n( {2}.*\n)+/, settings).replace(/ {4}settings:\n.*\n/, '');

describe('settings', () => {
  it.each<[string, Given, readonly string[]]>([
    [
      'once where they are shared',
      changed('engine: fast', 'engine: quick'),
      ['environments.yaml:3 settings.engine: must be fast or exact, not "quick"'],
    ],
    [
      'at the environment that says so',
      changed('requestsPerSecond: 200', 'requestsPerSecond: 0'),
      ['environments.yaml:27 environments[1].settings.limits.requestsPerSecond: must be 1 or more, not 0'],
    ],
    [
      'with what the schema says of the key',
      changed('maxAttempts: 5', 'maxAttempts: 4'),
      ['environments.yaml:10 settings.maxAttempts: must be 5 or more, not 4 (a queue uses tries up)'],
    ],
    [
      'if a key that all need is missing, and another that nobody knows is there',
      changed('retentionDays: 30', 'retention: 30'),
      [
        'environments.yaml:2 settings.retentionDays: is missing; it must be a whole number (days after which an order is removed)',
        `environments.yaml:7 settings.retention: ${known}`,
      ],
    ],
    [
      'if a key is missing in one environment only',
      {
        text: small
          .replace('      - smoke', '      - smoke\n    settings: { retentionDays: 3 }')
          .replace('  retentionDays: 30\n', ''),
      },
      [
        'environments.yaml:26 environments[1].settings.retentionDays: is missing; it must be a whole number (days after which an order is removed)',
      ],
    ],
    [
      'in a list',
      changed('tags: [a, b]', 'tags: [a, ""]'),
      ['environments.yaml:9 settings.tags[1]: must be 1 character or more, not ""'],
    ],
    [
      'of an entry twice',
      changed('tags: [a, b]', 'tags: [a, b, a]'),
      ['environments.yaml:9 settings.tags: must not have the same entry twice (entries 0 and 2)'],
    ],
    [
      'under a key that is a number',
      changed('memory: { apiMiB: 256, workerMiB: 512 }', 'memory: { 1: 1 }'),
      ['environments.yaml:6 settings.memory.1: must be 128 or more, not 1'],
    ],
    [
      'of another kind',
      changed('memory: { apiMiB: 256, workerMiB: 512 }', 'memory: lots'),
      ['environments.yaml:6 settings.memory: must be a map, not "lots"'],
    ],
    [
      'that have none of several forms',
      changed('tags: [a, b]', 'when: true'),
      ['environments.yaml:9 settings.when: must be a text or a whole number, not true'],
    ],
    [
      'without any, if the schema requires some',
      { text: sharing(''), service: serviceText },
      [
        'environments.yaml:1 settings.engine: is missing; it must be a text',
        'environments.yaml:1 settings.limits: is missing; it must be a map',
        'environments.yaml:1 settings.logLevel: is missing; it must be a text',
        'environments.yaml:1 settings.memory: is missing; it must be a map',
        'environments.yaml:1 settings.retentionDays: is missing; it must be a whole number (days after which an order is removed)',
        'environments.yaml:1 settings.audit: is missing; it must be a text',
        'environments.yaml:1 settings.maxAttempts: is missing; it must be a whole number (a queue uses tries up)',
      ],
    ],
    [
      'everywhere at once, beside other problems',
      {
        text: small
          .replace('engine: fast', 'engine: quick')
          .replace('requestsPerSecond: 200', 'requestsPerSecond: x')
          .replace('seconds: 5', 'seconds: -5'),
      },
      [
        'environments.yaml:25 environments[1].gates[0].watch.seconds: must be 0 or more seconds, not -5',
        'environments.yaml:3 settings.engine: must be fast or exact, not "quick"',
        'environments.yaml:27 environments[1].settings.limits.requestsPerSecond: must be a whole number, not "x"',
      ],
    ],
  ])('are wrong %s', (_what, given, expected) => {
    expect(problems(given)).toEqual(expected);
  });

  it.each<[string, Given, string]>([
    ['no map', { text: sharing('settings: fast\n') }, 'environments.yaml:2 settings: must be a map, not "fast"'],
    [
      'no map in an environment',
      changed('settings:\n      limits: { requestsPerSecond: 200 }', 'settings: 5'),
      'environments.yaml:26 environments[1].settings: must be a map, not 5',
    ],
    [
      'an infinite number',
      changed('retentionDays: 30', 'retentionDays: .inf'),
      'environments.yaml:7 settings.retentionDays: must be a finite number, not Infinity',
    ],
    [
      'a prototype',
      changed('engine: fast', '__proto__: { engine: fast }'),
      'environments.yaml:3 settings.__proto__: cannot be set; remove it',
    ],
    [
      'what SoundBite says itself',
      changed('engine: fast', '$environment: { cloud: emulated }'),
      'environments.yaml:3 settings.$environment: cannot be set; remove it',
    ],
    [
      'an anchor inside itself',
      changed('memory: { apiMiB: 256, workerMiB: 512 }', 'memory: &m { more: *m }'),
      `environments.yaml:6 settings.memory${'.more'.repeat(19)}: is nested deeper than 20 levels`,
    ],
  ])('are %s: that alone is said', (_what, given, problem) => {
    expect(problems(given)).toEqual([problem]);
  });

  it('may be said by no environment, or by no shared block, or be empty', () => {
    const loose = { schema: '{ "type": "object" }' };
    for (const text of [sharing(''), sharing('settings:\n'), sharing('settings: {}\n')])
      expect(environmentsIn({ text, ...loose }).map(({ settings }) => settings)).toEqual([{}, {}]);
    const own = {
      text: sharing('').replace('{ seconds: 5 }', '{ seconds: 5 }\n    settings: { a: { b: [1] } }'),
      ...loose,
    };
    expect(environmentsIn(own).map(({ settings }) => settings)).toEqual([{}, { a: { b: [1] } }]);
  });

  it('by their old name are refused with the new one, wherever they stand, and nothing else of them is said', () => {
    const renamed =
      'is not a known key any more; write settings instead of service, and name their schema in service.yaml (settings: <file>)';
    const old = { text: small.replaceAll('settings:', 'service:'), service: serviceText };
    const renamings = [
      `environments.yaml:2 service: ${renamed}`,
      `environments.yaml:26 environments[1].service: ${renamed}`,
    ];
    expect(problems(old)).toEqual(renamings);
    // What was before has no service.yaml either.
    expect(problems({ ...old, service: null })).toEqual([
      ...renamings,
      'service.yaml:1 is missing; it says what is delivered, which was the same for every service before: docs/reference/service.md',
    ]);
  });

  it('are not looked at where names alone are wanted', () => {
    const given = changed('engine: fast', 'engine: quick');
    expect(parse(given).ok).toBe(false);
    expect(parse({ ...given, settings: 'unchecked' }).ok).toBe(true);
  });
});

describe('settings that depend on where the service runs', () => {
  const override = (name: string) => `environments:\n  ${name}:\n    cloud: { ${realCloudText} }\n`;

  it('are held against what is declared, overrides included', () => {
    const given = changed('audit: public', 'audit: loopback');
    expect(environmentsIn(given)).toHaveLength(2);
    expect(problems({ ...given, local: override('first') })).toEqual([
      'environments.yaml:8 settings.audit: must be public, not "loopback" (loopback is refused on a real cloud)',
    ]);
  });

  it('may ask for another environment instead', () => {
    expect(problems(changed('logLevel: info', 'logLevel: error'))).toEqual([
      'environments.yaml:25 environments[1].gates[0].watch.seconds: must be 0 or less, not 5 (errors alone show no requests)',
    ]);
  });

  it('are told nothing that is wrong by itself', () => {
    const text = small.replace('logLevel: info', 'logLevel: error').replace('seconds: 5', 'seconds: soon');
    expect(problems({ text })).toEqual([
      'environments.yaml:25 environments[1].gates[0].watch.seconds: must be a number, not "soon"',
    ]);
  });
});

describe('the schema of the settings', () => {
  it.each<[string, Given, readonly string[]]>([
    [
      'is not named, but settings are there',
      { service: serviceText.replace(/settings:.*\n/, '') },
      [`environments.yaml:2 settings: ${noSchema}; write settings: <file> there, or remove settings`],
    ],
    [
      'cannot be named without service.yaml',
      { text: sharing('settings: {}\n'), service: null },
      [
        'environments.yaml:2 settings: needs a schema, but there is no service.yaml that names one; write it, or remove settings',
      ],
    ],
    [
      'is named by a wrong service.yaml',
      { service: `${serviceText}colour: red\n` },
      ['service.yaml:8 colour: is not a known key; remove it, or see docs/reference/service.schema.json'],
    ],
    [
      'is in no input',
      { service: serviceText.replace('[src]', '[infra]') },
      [
        'service.yaml:7 process.directory: src is in no input; add it to inputs',
        'service.yaml:6 settings: src/settings.schema.json is in no input; add it to inputs',
      ],
    ],
    [
      'is not there',
      { schema: null },
      ['service.yaml:6 settings: src/settings.schema.json is not there; write it, or name another'],
    ],
    [
      'is YAML',
      { schema: 'type: object\n' },
      [`src/settings.schema.json:1 is not JSON: Unexpected token 'y', "type: object " is not valid JSON`],
    ],
    [
      'is JSON with a mistake further below',
      { schema: '{\n  "type": "object",\n  "x": [1,,2]\n}' },
      [`src/settings.schema.json:3 is not JSON: Unexpected token ',', ..." "x": [1,,2] }" is not valid JSON`],
    ],
    ['is empty', { schema: '' }, ['src/settings.schema.json:1 is not JSON: Unexpected end of JSON input']],
    ['is a list', { schema: '[]' }, ['src/settings.schema.json:1 must be a JSON Schema: a map, not []']],
    [
      'has a key twice',
      { schema: '{ "type": "object",\n "type": "array" }' },
      ['src/settings.schema.json:2 "type" is given twice; remove one'],
    ],
    [
      'is of another dialect',
      {
        schema: schemaText.replace(
          'https://json-schema.org/draft/2020-12/schema',
          'http://json-schema.org/draft-07/schema#',
        ),
      },
      [
        'src/settings.schema.json:2 $schema: must be https://json-schema.org/draft/2020-12/schema, not "http://json-schema.org/draft-07/schema#"',
      ],
    ],
    [
      'is no schema',
      { schema: schemaText.replace('"type": "integer", "minimum": 256', '"type": "integer", "minimum": "256"') },
      [
        'src/settings.schema.json:15 properties.limits.properties.bodyBytes.minimum: is no JSON Schema (2020-12): must be a number, not "256"',
      ],
    ],
    [
      'leads to itself without end',
      { schema: '{ "$ref": "#" }' },
      [
        'environments.yaml:2 settings: cannot be checked with src/settings.schema.json: Maximum call stack size exceeded',
        'environments.yaml:26 environments[1].settings: cannot be checked with src/settings.schema.json: Maximum call stack size exceeded',
      ],
    ],
    [
      'has a word where a map belongs',
      { schema: '{\n  "type": "object",\n  "properties": { "a": "text" }\n}' },
      [
        'src/settings.schema.json:3 properties.a: is no JSON Schema (2020-12): must be a map or true or false, not "text"',
      ],
    ],
    [
      'would answer later',
      { schema: '{\n  "$async": true,\n  "type": "object"\n}' },
      ['src/settings.schema.json:2 $async: is no keyword of JSON Schema; remove it'],
    ],
    [
      'has a word that means nothing',
      { schema: schemaText.replace('"minLength"', '"minLenght"') },
      ['src/settings.schema.json:26 properties.tags.items.minLenght: cannot be used: unknown keyword: "minLenght"'],
    ],
    [
      'has a format that nobody checks',
      { schema: schemaText.replace('"format": "date"', '"format": "moon"') },
      [
        'src/settings.schema.json:27 properties.when.anyOf[0].format: cannot be used: unknown format "moon" ignored in schema at path "#/properties/when/anyOf/0"',
      ],
    ],
    [
      'leads elsewhere',
      { schema: schemaText.replace('"items": {', '"items": { "$ref": "other.json",') },
      [
        "src/settings.schema.json:26 properties.tags.items.$ref: cannot be used: can't resolve reference other.json from id #",
      ],
    ],
  ])('%s', (_what, given, expected) => {
    expect(problems(given)).toEqual(expected);
  });

  it('tells its own trouble beside the declaration’s', () => {
    expect(problems({ ...changed('seconds: 5', 'seconds: -5'), schema: '{' })).toEqual([
      'environments.yaml:25 environments[1].gates[0].watch.seconds: must be 0 or more seconds, not -5',
      expect.stringMatching(/^src\/settings\.schema\.json:1 is not JSON: /),
    ]);
  });

  it('is not needed where no settings are', () => {
    const text = sharing('');
    expect(environmentsIn({ text, service: serviceText.replace(/settings:.*\n/, '') })).toHaveLength(2);
    expect(environmentsIn({ text, service: null })).toHaveLength(2);
  });
});
