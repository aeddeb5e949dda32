import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { awsNames, type Environment, parseService, rowOf, type ServiceDeclaration } from '@soundbite/model';
import { afterAll, describe, expect, it } from 'vitest';
import { synthesise } from './synthesis.ts';
import { temporary, writeFiles } from './testing.ts';
import { appOf } from './testing-app.ts';

const place = temporary();
afterAll(place.remove);
let count = 0;

const environments = ['dev', 'live'].map(
  (name) => ({ name, runtime: 'aws', protected: name === 'live' }) as unknown as Environment,
);

const lambda = `{ Api: { Type: 'AWS::Lambda::Function', Properties: { Told: [names, context['soundbite:environment'] ?? null, context.own ?? null] } } }`;
const good = appOf(lambda);

/** Runs an app in a source of its own; the templates that it led to. */
async function made(
  code: string,
  {
    words = ['node', 'app.mjs', '{environment}'],
    withinMs = 20_000,
    files = {} as Record<string, string>,
    stacks = '',
    component = 'Api',
  } = {},
) {
  const source = join(place.directory, `source-${count++}`);
  const outDir = join(place.directory, `out-${count}`);
  mkdirSync(source);
  writeFiles(source, { 'app.mjs': code, ...files });
  const text = `version: 1\nname: shop\ninputs: [app.mjs]\napp: ${JSON.stringify(words)}\n${stacks}components:\n  - { name: api, function: ${component} }\n`;
  const parsed = parseService({ file: 'service.yaml', text });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const service = { service: parsed.service as ServiceDeclaration, text };
  await synthesise({ source, environments, outDir, service, serviceZip: null, withinMs });
  return (environment: string, file = `soundbite-${environment}.template.json`) =>
    JSON.parse(readFileSync(join(outDir, environment, file), 'utf8'));
}

describe('the app of a service', () => {
  it('runs for each environment with its name, its bootstrap, and what cdk.json says', async () => {
    const of = await made(good, { files: { 'cdk.json': '{"context":{"own":1}}', 'cdk.context.json': '{"own":2}' } });
    for (const name of ['dev', 'live']) expect(of(name).Resources.Api.Properties.Told).toEqual([[name], name, 2]);
    expect(of('live', 'manifest.json').artifacts['soundbite-live'].properties.terminationProtection).toBe(true);
    const { files } = of('dev', 'soundbite-dev.assets.json');
    const [[hash, asset]] = Object.entries(files) as [[string, { destinations: { here: { objectKey: string } } }]];
    expect(asset).toMatchObject({ source: { path: 'soundbite-dev.template.json' } });
    expect(asset.destinations.here.objectKey).toBe(`${hash}.json`);
  });

  it('runs once for all if it says so', async () => {
    const qualifiers = Object.fromEntries(environments.map(({ name }) => [name, awsNames(name).qualifier]));
    const all = good.replace(
      'assembly(process.env.CDK_OUTDIR);',
      `for (const name of names) {
         context['@aws-cdk/core:bootstrapQualifier'] = (${JSON.stringify(qualifiers)})[name];
         assembly(process.env.CDK_OUTDIR + '/' + name);
       }`,
    );
    const of = await made(all, { words: ['node', 'app.mjs', '{environments}'] });
    for (const { name } of environments)
      expect(of(name).Resources.Api.Properties.Told).toEqual([['dev', 'live'], null, null]);
  });

  it('of several stacks is delivered in the order that service.yaml says, with the names that it says', async () => {
    const resources = `{ [stack === 'Api' ? 'Api' : 'Jobs']: stack === 'Api'
      ? { Type: 'AWS::Lambda::Function', Properties: { Queue: { 'Fn::ImportValue': 'Data:Jobs' } } }
      : { Type: 'AWS::SQS::Queue' } }, Outputs: stack === 'Api' ? {} : { A: { Value: 'x', Export: { Name: 'Data:Jobs' } } }`;
    const of = await made(appOf(resources, "['Api', 'Data', 'Other']"), {
      stacks: "stacks: [Data, { stack: Api, name: 'shop-{environment}' }]\n",
    });
    const { artifacts } = of('live', 'manifest.json');
    expect(Object.keys(artifacts)).toEqual([
      'soundbite-live-Data.assets',
      'soundbite-live-Data',
      'shop-live.assets',
      'shop-live',
    ]);
    expect(artifacts['shop-live'].properties.templateFile).toBe('shop-live.template.json');
    expect(of('live', 'soundbite-live-Data.template.json').Outputs.A.Export.Name).toBe('soundbite-live-Data:Jobs');
    const { Api } = of('live', 'shop-live.template.json').Resources;
    expect(Api.Properties.Queue).toEqual({ 'Fn::ImportValue': 'soundbite-live-Data:Jobs' });
    const { files } = of('dev', 'shop-dev.assets.json');
    expect(Object.values(files)).toMatchObject([{ source: { path: 'shop-dev.template.json' } }]);
  });

  it.each<[string, string, object, string, RegExp]>([
    [
      'lacks a stack',
      good,
      { stacks: 'stacks: [Shop, Data]\n' },
      'declaration-invalid',
      /^service\.yaml:5 stacks\[1\]: Data is no stack of the app of dev; it has Shop$/,
    ],
    [
      'has its components in another stack than those that are delivered',
      appOf(lambda, "['A', 'B']").replaceAll('Api: {', "[stack + 'Api']: {"),
      { stacks: 'stacks: [B]\n', component: 'AApi' },
      'declaration-invalid',
      /^service\.yaml:7 components\[0\]\.function: is in the stack A, which is not among the stacks \(dev\)$/,
    ],
    [
      'has a stack before one that it needs',
      appOf(lambda, "['A', 'B']").replace(
        "dependencies: [stack + '.assets']",
        "dependencies: [stack + '.assets', ...(stack === 'A' ? ['B'] : [])]",
      ),
      { stacks: 'stacks: [A, B]\n' },
      'declaration-invalid',
      /^service\.yaml:5 stacks\[0\]: needs B, which does not stand before it$/,
    ],
    ['throws', 'throw new Error("out of the blue")', {}, 'synthesis-failed', /ended with 1: .*out of the blue/s],
    ['hangs', 'setInterval(() => {}, 1000)', { withinMs: 300 }, 'synthesis-failed', /did not end within 0.3 s/],
    [
      'is not there',
      '',
      { words: ['no-such-program'] },
      'synthesis-failed',
      /ended with 127: .*no-such-program: not found/,
    ],
    ['makes nothing', '', {}, 'assembly-missing', /made no assembly for dev/],
    ['has no stack', appOf(lambda, '[]'), {}, 'assembly-undeliverable', /has no stack of its own/],
    [
      'has two stacks',
      appOf(lambda, "['A', 'B']"),
      {},
      'assembly-undeliverable',
      /has 2 stacks \(A, B\), and service\.yaml does not say which are/,
    ],
    [
      'has a bootstrap of its own',
      good.replace("context['@aws-cdk/core:bootstrapQualifier']", "'hnb659fds'"),
      {},
      'assembly-undeliverable',
      /publishes to cdk-hnb659fds-assets-x, which is not the environment’s bucket/,
    ],
    [
      'lacks a component',
      appOf(lambda.replace('Api:', 'Apis:')),
      {},
      'declaration-invalid',
      /^service\.yaml:6 components\[0\]\.function: Api is no function of the app; it has Apis \(dev\)$/,
    ],
    ['has a cdk.json that is none', good, { files: { 'cdk.json': '{' } }, 'synthesis-failed', /^cdk\.json is no JSON/],
  ])('that %s is refused in one sentence', async (_what, code, options, error, message) => {
    await expect(made(code, options)).rejects.toMatchObject({
      code: error,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\w/),
    });
    expect(rowOf(error).exit).toBe(2);
  });

  it('that prints without end is ended', async () => {
    const chatty = 'const line = "x".repeat(1 << 20); const more = () => process.stdout.write(line, more); more();';
    await expect(made(chatty)).rejects.toThrow('printed more than 64 MiB');
  });

  it('that starts another program is ended with it', async () => {
    const nested = `import { spawnSync } from 'node:child_process';
      spawnSync('sleep', ['60'], { stdio: 'inherit' });`;
    await expect(made(nested, { withinMs: 500 })).rejects.toThrow('did not end within 0.5 s');
  });
});
