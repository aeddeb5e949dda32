import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cutRelease } from '../../../packages/release/src/index.ts';
import { cli } from '../../support/cli.ts';
import { type ForeignService, foreignService } from '../../support/foreign-service.ts';

let service: ForeignService;
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
  expect(run.json()).toEqual({ directory, written: ['service.yaml', 'environments.yaml'], left: [] });
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
      error: expect.objectContaining({ code: 'declared-already', message: `there is a service.yaml in ${directory}` }),
    },
  ]);
});
