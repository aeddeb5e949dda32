import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cutRelease } from '../../../packages/release/src/index.ts';
import { cli } from '../../support/cli.ts';
import { foreignService } from '../../support/foreign-service.ts';
import type { Repository } from '../../support/repository.ts';

let service: Repository;
let place: string;
beforeAll(async () => {
  [service, place] = await Promise.all([foreignService('ledger'), mkdtemp(join(tmpdir(), 'soundbite-init-'))]);
  for (const name of ['service.yaml', 'environments.yaml']) await rm(join(service.directory, name));
});
afterAll(async () => {
  await service?.remove();
  await rm(place, { recursive: true, force: true });
});

const init = () => cli(['init', '--json'], { home: join(place, 'home'), cwd: service.directory });

it('before cdk synth it says what to do, and writes nothing', async () => {
  const run = await init();
  expect([run.code, run.json()]).toEqual([
    2,
    { error: expect.objectContaining({ code: 'assembly-missing', hint: expect.stringContaining('npx cdk synth') }) },
  ]);
  await expect(readFile(join(service.directory, 'service.yaml'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('writes declarations of an app that is synthesised, of which a release can be cut as it stands; and only once', async () => {
  const { directory } = service;
  await promisify(execFile)(process.execPath, ['infra/app.mjs'], {
    cwd: directory,
    env: { ...process.env, CDK_OUTDIR: join(directory, 'cdk.out'), CDK_VALIDATION: 'false' },
  });
  const run = await init();
  expect(run.json()).toEqual({ directory, written: ['service.yaml', 'environments.yaml'], kept: [], left: [] });
  expect(await readFile(join(directory, 'service.yaml'), 'utf8')).toContain(
    '- { name: book, function: "Ledger/Book" }',
  );

  const list = await cli(['env', 'list', '--json'], { home: join(place, 'home'), env: { SOUNDBITE_ROOT: directory } });
  expect(list.code, list.stderr).toBe(0);
  const { path } = await cutRelease({ source: directory, store: join(place, 'releases') });
  const template = await readFile(join(path, 'assembly/dev/soundbite-dev.template.json'), 'utf8');
  expect(template).toContain('\\"name\\":\\"book\\"');

  const again = await init();
  expect([again.code, again.json()]).toEqual([
    2,
    {
      error: expect.objectContaining({
        code: 'declared-already',
        message: `${directory} has both service.yaml and environments.yaml`,
      }),
    },
  ]);
});

it('writes the one that is missing, and leaves the other as it is', async () => {
  const { directory } = service;
  const texts = () =>
    Promise.all(['service.yaml', 'environments.yaml'].map((name) => readFile(join(directory, name), 'utf8')));
  const before = await texts();
  for (const [missing, there] of [
    ['service.yaml', 'environments.yaml'],
    ['environments.yaml', 'service.yaml'],
  ] as const) {
    await rm(join(directory, missing));
    expect((await init()).json()).toEqual({ directory, written: [missing], kept: [there], left: [] });
    expect(await texts()).toEqual(before);
  }
});

it('lists the stacks of an app that has several, in the order of their deployment', async () => {
  const directory = join(place, 'several');
  const stack = (name: string, more: object) => ({
    [name]: { type: 'aws:cloudformation:stack', properties: { templateFile: `${name}.json` }, ...more },
  });
  const Queue = { Type: 'AWS::SQS::Queue' };
  const Environment = { Variables: { URL: { 'Fn::ImportValue': 'B:Url' } } };
  const Code = { S3Bucket: 'b', S3Key: 'k' };
  const Properties = { Code, Environment, Handler: 'i.h', Runtime: 'nodejs22.x', Role: 'arn:aws:iam::1:role/r' };
  const files = {
    'cdk.json': { app: 'node app.mjs' },
    'cdk.out/manifest.json': {
      version: '48.0.0',
      artifacts: { ...stack('A', { dependencies: ['B'] }), ...stack('B', {}) },
    },
    'cdk.out/A.json': { Resources: { Fn: { Type: 'AWS::Lambda::Function', Properties } } },
    'cdk.out/B.json': {
      Resources: { Queue },
      Outputs: { Url: { Value: { Ref: 'Queue' }, Export: { Name: 'B:Url' } } },
    },
  };
  await mkdir(join(directory, 'cdk.out'), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), JSON.stringify(content));
  await promisify(execFile)('git', ['init', '--quiet', directory]);
  const run = await cli(['init', '--json'], { home: join(place, 'home'), cwd: directory });
  expect(run.code, run.stderr).toBe(0);
  expect(await readFile(join(directory, 'service.yaml'), 'utf8')).toContain('stacks: ["B", "A"]');
});
