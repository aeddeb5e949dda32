import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { refuseChange } from './cut.ts';
import { readInputs } from './inputs.ts';
import { refusePaths } from './synthesis.ts';
import { repository, serviceOf, temporary } from './testing.ts';

const place = temporary();
afterAll(place.remove);

it('a file that changed while the release was cut is named; an unchanged tree is taken', async () => {
  const files = {
    'environments.yaml': 'version: 1',
    'service.yaml': serviceOf(['package.json', 'package-lock.json', 'cdk']),
    'package.json': '{}',
    'package-lock.json': '{}',
    'cdk/synth.ts': '',
  };
  const tree = repository(join(place.directory, 'tree'), files);
  const inputs = await readInputs(tree);
  await refuseChange(tree, inputs);
  writeFileSync(join(tree, 'cdk/synth.ts'), 'changed');
  await expect(refuseChange(tree, inputs)).rejects.toMatchObject({
    code: 'source-changed',
    message: 'cdk/synth.ts changed while the release was cut',
  });
});

it('an assembly that names a place of this machine is refused with the file', async () => {
  const assembly = join(place.directory, 'assembly');
  mkdirSync(assembly);
  writeFileSync(join(assembly, 'a.template.json'), '{"Resources":{}}');
  await refusePaths(assembly, ['/home/ana/soundbite']);
  writeFileSync(join(assembly, 'b.template.json'), '{"Metadata":"/home/ana/soundbite/cdk"}');
  await expect(refusePaths(assembly, ['/elsewhere', '/home/ana/soundbite'])).rejects.toMatchObject({
    code: 'assembly-unexpected',
    message: expect.stringContaining('b.template.json names /home/ana/soundbite'),
  });
});
