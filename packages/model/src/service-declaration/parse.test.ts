import { describe, expect, it } from 'vitest';
import { problemText } from '../declaration/source.ts';
import { parseService } from './parse.ts';

const whole = `version: 1
name: orders
inputs: [package.json, src, infra]
smoke:
  directory: src/smoke
  command: [node, smoke.mjs]
  seconds: 60
app: [npx, tsx, infra/app.ts]
components:
  - { name: worker, function: Orders/Worker }
  - { name: api, function: Orders/Api, health: /health }
`;
const problemsOf = (text: string): string[] => {
  const parsed = parseService({ file: 'service.yaml', text });
  return parsed.ok ? [] : parsed.problems.map(problemText);
};
const changed = (from: string | RegExp, to: string) => problemsOf(whole.replace(from, to));

describe('service.yaml', () => {
  it('is read as it stands; a service without a smoke has none', () => {
    expect(parseService({ file: 'service.yaml', text: whole })).toMatchObject({
      ok: true,
      service: {
        version: 1,
        name: 'orders',
        inputs: ['package.json', 'src', 'infra'],
        smoke: { directory: 'src/smoke', command: ['node', 'smoke.mjs'], seconds: 60 },
        app: ['npx', 'tsx', 'infra/app.ts'],
        components: [
          { name: 'worker', function: 'Orders/Worker' },
          { name: 'api', function: 'Orders/Api', health: '/health' },
        ],
      },
    });
    const bare = parseService({ file: 'service.yaml', text: whole.replace(/smoke:(\n {2}.*)+\n/, '') });
    expect(bare.ok && bare.service.smoke).toBe(undefined);
  });

  it.each<[string, string | RegExp, string, string]>([
    ['another version', 'version: 1', 'version: 2', 'service.yaml:1 version: must be 1, not 2'],
    ['no name', 'name: orders\n', '', 'service.yaml:1 name: is missing; it must be a text'],
    [
      'a name that AWS would refuse',
      'orders',
      'Orders!',
      'service.yaml:2 name: must be 2 to 31 of a-z, 0-9 and -, starting with a letter, not "Orders!"',
    ],
    ['a name twice', 'name: orders', 'name: orders\nname: orders', 'service.yaml:3 name is given twice; remove one'],
    [
      'a key that nobody reads',
      'name: orders',
      'name: orders\nteam: blue',
      'service.yaml:3 team: is not a known key; remove it, or see docs/reference/service.schema.json',
    ],
    [
      'a stack twice',
      'components:',
      'stacks: [Data, { stack: Data, name: other }]\ncomponents:',
      'service.yaml:9 stacks[1]: Data is the stack of another one already; remove one',
    ],
    [
      'two stacks of one name',
      'components:',
      'stacks: [Data, { stack: Api, name: "soundbite-{environment}-Data" }]\ncomponents:',
      'service.yaml:9 stacks[1]: soundbite-{environment}-Data is the name of another one already; remove one',
    ],
    [
      'no stacks',
      'components:',
      'stacks: []\ncomponents:',
      'service.yaml:9 stacks: [] is empty; name the stacks of the app, or leave it out if it has one',
    ],
    ['no inputs', /inputs: .*/, 'inputs: []', 'service.yaml:3 inputs: [] is empty; name what a release is made of'],
    [
      'an input elsewhere',
      'src, infra',
      '../src',
      'service.yaml:3 inputs[1]: must be written without . and .. and without a slash at its end, not "../src"',
    ],
    [
      'an absolute input',
      'src, infra',
      '/src',
      'service.yaml:3 inputs[1]: "/src" is absolute; write it relative to service.yaml',
    ],
    ['an input twice', 'src, infra', 'src, src', 'service.yaml:3 inputs[2]: src is part of src; remove it'],
    ['an input in another', 'src, infra', 'src, src/a', 'service.yaml:3 inputs[2]: src/a is part of src; remove it'],
    [
      'a smoke that is no input',
      'src/smoke',
      'smoke',
      'service.yaml:5 smoke.directory: smoke is in no input; add it to inputs',
    ],
    [
      'a command in one text',
      '[node, smoke.mjs]',
      'node smoke.mjs',
      'service.yaml:6 smoke.command: must be a list, not "node smoke.mjs"',
    ],
    ['no deadline', '  seconds: 60\n', '', 'service.yaml:4 smoke.seconds: is missing; it must be a number'],
    [
      'no app, as it was before',
      'app: [npx, tsx, infra/app.ts]\n',
      '',
      'service.yaml:1 app: is missing; it must be a list: the command that runs your CDK app, such as [node, infra/app.mjs]; before it was cdk/synth.ts',
    ],
    [
      'no components, as it was before',
      /components:(\n {2}.*)+\n/,
      '',
      'service.yaml:1 components: is missing; it must be a list: the functions that are promoted, such as [{ name: api, function: ApiFunction }]; `soundbite inspect` names them',
    ],
    [
      'an app without words',
      '[npx, tsx, infra/app.ts]',
      '[]',
      'service.yaml:8 app: [] is empty; write the program and its arguments',
    ],
    [
      'an app that is told all environments in a word with more in it',
      'infra/app.ts]',
      'infra/app.ts, "--all={environments}"]',
      'service.yaml:8 app[3]: "--all={environments}" has {environments} in it, which must be a word of its own',
    ],
    [
      'no component',
      /components:(\n {2}.*)+\n/,
      'components: []\n',
      'service.yaml:9 components: [] is empty; name the functions that are promoted',
    ],
    [
      'a component without a function',
      ', function: Orders/Worker',
      '',
      'service.yaml:10 components[0].function: is missing; it must be a text',
    ],
    [
      'two components of one name',
      'name: api',
      'name: worker',
      'service.yaml:11 components[1].name: worker is another component already; remove one',
    ],
    [
      'two components on one function',
      'Orders/Api',
      'Orders/Worker',
      'service.yaml:11 components[1].function: Orders/Worker is another component already; remove one',
    ],
    [
      'a health that is no path',
      'health: /health',
      'health: health',
      'service.yaml:11 components[1].health: must be a path that begins with /, not "health"',
    ],
    [
      'a contract that is no yes or no',
      'health: /health',
      'contract: always',
      'service.yaml:11 components[1].contract: must be true or false, not "always"',
    ],
    [
      'a contract with its health elsewhere',
      'health: /health',
      'health: /ping, contract: true',
      'service.yaml:11 components[1].health: the service contract has it at /health, not /ping; write /health, or remove contract',
    ],
    [
      'a path that ends with /',
      'health: /health',
      'path: /admin/',
      'service.yaml:11 components[1].path: must be a path such as /admin, without a / at its end, not "/admin/"',
    ],
    [
      'two components below one path',
      /function: Orders\/Worker(.*\n.*)health: \/health/,
      'function: Orders/Worker, path: /a$1path: /a',
      'service.yaml:11 components[1].path: /a is the path of another component already; remove one',
    ],
    [
      'processes that are no input',
      'app: [npx',
      'process: { directory: apps/service, components: [{ name: api, takes: [requests], health: /health }] }\napp: [npx',
      'service.yaml:8 process.directory: apps/service is in no input; add it to inputs',
    ],
    [
      'processes without their names, as it was before',
      'app: [npx',
      'process: { directory: src }\napp: [npx',
      'service.yaml:8 process.components: is missing; it must be a list: what runs as processes, such as [{ name: api, takes: [requests], health: /health }]; before it was an api and a worker',
    ],
    ...(
      [
        [
          'no process that takes requests',
          '[{ name: a, takes: [events], health: /a }]',
          'components: none takes requests; the address of an environment leads to one of them',
        ],
        [
          'two processes that take requests',
          '[{ name: a, takes: [requests], health: /a }, { name: b, takes: [events, requests], health: /a }]',
          'components[1].takes: a takes the requests already; the address of an environment leads to one process',
        ],
        [
          'two processes of one name',
          '[{ name: a, takes: [requests], health: /a }, { name: a, takes: [events], health: /a }]',
          'components[1].name: a is another process already; remove one',
        ],
        [
          'a process that takes nothing',
          '[{ name: a, takes: [], health: /a }]',
          'components[0].takes: [] is empty; write requests, events or both',
        ],
        [
          'a process of an unknown size',
          '[{ name: a, takes: [requests], health: /a, memory: much }]',
          'components[0].memory: must be a whole number of 1 or more, or name one of the settings (settings.memory.apiMiB), not "much"',
        ],
        [
          'a reservation of nothing',
          '[{ name: a, takes: [requests], health: /a, reserved: 0 }]',
          'components[0].reserved: must be a whole number of 1 or more, or name one of the settings (settings.memory.apiMiB), not 0',
        ],
        [
          'a variable that is ours',
          '[{ name: a, takes: [requests], health: /a }], environment: { SOUNDBITE_PORT: Port }',
          'environment.SOUNDBITE_PORT: is set by SoundBite; choose another name',
        ],
        [
          'a variable in small letters',
          '[{ name: a, takes: [requests], health: /a }], environment: { table: Table }',
          'environment.table: is no name of a variable; write it in capitals',
        ],
      ] as const
    ).map(([what, components, problem]): [string, string, string, string] => [
      what,
      'app: [npx',
      `process: { directory: src, components: ${components} }\napp: [npx`,
      `service.yaml:8 process.${problem}`,
    ]),
    [
      'a mistyped program',
      'smoke:\n',
      'migrations: { directory: src/m, command: [node, m.mjs], seconds: 1 }\nsmoke:\n',
      'service.yaml:4 migrations: is not a known key; remove it, or see docs/reference/service.schema.json',
    ],
    [
      'a mistyped key of a program',
      'smoke:\n',
      'compatibility: { directory: src/c, comand: [node, c.mjs], seconds: 1 }\nsmoke:\n',
      'service.yaml:4 compatibility.comand: is not a known key; remove it, or see docs/reference/service.schema.json',
    ],
    [
      'a migration that is no input',
      'smoke:\n',
      'migration: { directory: migration, command: [node, m.mjs], seconds: 3600 }\nsmoke:\n',
      'service.yaml:4 migration.directory: migration is in no input; add it to inputs',
    ],
    [
      'a migration of more than an hour',
      'smoke:\n',
      'migration: { directory: src/m, command: [node, m.mjs], seconds: 3601 }\nsmoke:\n',
      'service.yaml:4 migration.seconds: must be 3600 or less, not 3601',
    ],
    [
      'a compatibility program of more than a quarter of an hour',
      'smoke:\n',
      'compatibility: { directory: src/c, command: [node, c.mjs], seconds: 901 }\nsmoke:\n',
      'service.yaml:4 compatibility.seconds: must be 900 or less, not 901',
    ],
    ['a deadline of nothing', '60', '0', 'service.yaml:7 smoke.seconds: must be 1 or more, not 0'],
  ])('with %s is refused with its line and what to do', (_what, from, to, problem) => {
    expect(changed(from, to)).toContain(problem);
  });

  it.each(['', '[]', 'service', '{', 'a: 1\n---\nb: 2'])('that reads `%s` is refused', (text) => {
    expect(problemsOf(text)).not.toEqual([]);
  });

  it('has all its problems told at once', () => {
    expect(problemsOf('version: 2\nname: 7\ninputs: [/a]\nx: 1\n')).toHaveLength(6);
  });
});
