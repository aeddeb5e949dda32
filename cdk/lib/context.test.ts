import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { contextFrom, environmentOf, refuseUnfit } from './context.ts';
import { declaration } from './testing.ts';

const place = mkdtempSync(join(tmpdir(), 'context-'));
afterAll(() => rmSync(place, { recursive: true }));
const list = join(place, 'environments.json');
writeFileSync(list, JSON.stringify([{ name: 'here' }, { name: 'there' }]));

it('a synthesis is refused without what it is made of, and says what is missing', () => {
  const whole = { SOUNDBITE_ENVIRONMENTS: list, SOUNDBITE_SERVICE_ZIP: '/tmp/service.zip' };
  expect(contextFrom(whole)).toMatchObject({ serviceZip: '/tmp/service.zip' });
  for (const name of Object.keys(whole))
    expect(() => contextFrom({ ...whole, [name]: undefined })).toThrow(
      expect.objectContaining({ code: 'synthesis-context', message: `${name} is not set` }),
    );
});

it.each(['', 'name: here', '{"name":"here"}', '[{}]'])('a list of environments that reads `%s` is refused', (text) => {
  const file = join(place, 'wrong.json');
  writeFileSync(file, text);
  expect(() => contextFrom({ SOUNDBITE_ENVIRONMENTS: file, SOUNDBITE_SERVICE_ZIP: 'x' })).toThrow(
    expect.objectContaining({ code: 'synthesis-context', message: `${file} is no JSON list of environments` }),
  );
});

it('an environment that is not declared is told with those that are', () => {
  const context = contextFrom({ SOUNDBITE_ENVIRONMENTS: list, SOUNDBITE_SERVICE_ZIP: 'x' });
  expect(() => environmentOf(context, 'moon')).toThrow(
    expect.objectContaining({
      code: 'environment-unknown',
      message: 'moon is not declared; declared are here, there',
    }),
  );
});

it('a text that does not fit into a request is refused: the schema of the settings cannot compare the two', () => {
  const { environments } = declaration();
  for (const environment of environments) refuseUnfit(environment as never);
  const text = (more: string) => more.replace('bodyBytes: 16384', 'bodyBytes: 3000');
  const [first] = declaration(text).environments;
  expect(() => refuseUnfit(first as never)).toThrow(
    expect.objectContaining({
      code: 'declaration-invalid',
      message: 'dev-localstack: settings.limits.textBytes 3000 does not fit into bodyBytes 3000',
    }),
  );
});
