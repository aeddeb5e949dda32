import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { contextFrom, environmentOf } from './context.ts';

const place = mkdtempSync(join(tmpdir(), 'context-'));
afterAll(() => rmSync(place, { recursive: true }));
const repository = join(import.meta.dirname, '../../environments.yaml');

it('a synthesis is refused without what it is made of, and says what is missing', () => {
  const whole = { SOUNDBITE_DECLARATION: repository, SOUNDBITE_SERVICE_ZIP: '/tmp/service.zip' };
  expect(contextFrom(whole)).toMatchObject({ serviceZip: '/tmp/service.zip' });
  for (const name of Object.keys(whole))
    expect(() => contextFrom({ ...whole, [name]: undefined })).toThrow(
      expect.objectContaining({ code: 'synthesis-context', message: `${name} is not set` }),
    );
});

it('a wrong declaration is told with its line, and what to do in whole words', () => {
  const file = join(place, 'environments.yaml');
  writeFileSync(file, 'version: 2\n');
  expect(() => contextFrom({ SOUNDBITE_DECLARATION: file, SOUNDBITE_SERVICE_ZIP: 'x' })).toThrow(
    expect.objectContaining({
      code: 'declaration-invalid',
      message: expect.stringContaining('environments.yaml:1 version: must be 1, not 2'),
      hint: 'fix environments.yaml at the lines named',
    }),
  );
});

it('an environment that is not declared is told with those that are', () => {
  const context = contextFrom({ SOUNDBITE_DECLARATION: repository, SOUNDBITE_SERVICE_ZIP: 'x' });
  expect(() => environmentOf(context, 'moon')).toThrow(
    expect.objectContaining({ code: 'environment-unknown', message: expect.stringContaining('staging') }),
  );
});
