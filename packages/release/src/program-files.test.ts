import { readdirSync } from 'node:fs';
import { canonicalJson, type ServiceDeclaration } from '@soundbite/model';
import { afterAll, expect, it } from 'vitest';
import type { ReadInputs } from './inputs.ts';
import { releasedPrograms, takePrograms } from './program-files.ts';
import { temporary } from './testing.ts';

const place = temporary();
afterAll(place.remove);

const program = (directory: string) => ({ directory, command: ['node', 'main.mjs'], seconds: 9 });
const plain: ServiceDeclaration = {
  version: 1,
  name: 'orders',
  inputs: ['src'],
  app: ['node', 'app.mjs'],
  components: [{ name: 'api', function: 'Api' }],
};

it('programs lie below their names in a release, and the manifest names them there', async () => {
  const service = { ...plain, smoke: program('src/try'), migration: program('src/change'), tests: program('src/more') };
  const files = [
    'src/try/main.mjs',
    'src/more/main.mjs',
    'src/change/main.mjs',
    'src/change/lib/a.mjs',
    'src/changed.mjs',
  ];
  const contents = new Map(files.map((path) => [path, Buffer.from(path)]));
  await takePrograms(place.directory, { service, contents } as unknown as ReadInputs);
  expect(readdirSync(place.directory, { recursive: true }).sort()).toEqual([
    'migration',
    'migration/lib',
    'migration/lib/a.mjs',
    'migration/main.mjs',
    'smoke',
    'smoke/main.mjs',
    'tests',
    'tests/main.mjs',
  ]);
  expect(releasedPrograms(service)).toEqual({
    smoke: program('smoke'),
    migration: program('migration'),
    tests: program('tests'),
  });
});

it('a service without optional programs has the manifest that it had before they could be declared', () => {
  expect(canonicalJson(releasedPrograms(plain))).toBe('{"smoke":null}');
  expect(Object.keys(releasedPrograms({ ...plain, smoke: program('src/try') }))).toEqual(['smoke']);
});
