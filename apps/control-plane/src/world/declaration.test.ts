import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Declaration, SoundBiteError } from '@soundbite/model';
import {
  environmentsIn,
  numbered,
  schemaText,
  serviceText,
  small,
} from '@soundbite/model/declaration/testing/given.ts';
import { expect, it, onTestFinished } from 'vitest';
import { declarationReader, environmentsOnLambda } from './declaration.ts';

it('the declaration is read again when one of its files changed, be it the schema of the settings', () => {
  const root = mkdtempSync(join(tmpdir(), 'declaration-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const put = (file: string, text: string) => writeFileSync(join(root, file), text);
  const schema = 'src/settings.schema.json';
  mkdirSync(join(root, 'src'));
  put('environments.yaml', small);
  put('service.yaml', serviceText);
  put(schema, schemaText);
  const read = declarationReader({ root, cloudVariables: {} });
  const first = read();
  expect(read()).toBe(first);
  put(schema, schemaText.replace('"minimum": 5', '"minimum": 500'));
  expect(read).toThrow(
    expect.objectContaining({
      code: 'declaration-invalid',
      message: 'environments.yaml:10 settings.maxAttempts: must be 500 or more, not 5 (a queue uses tries up)',
      path: 'settings.maxAttempts',
      line: 10,
    }),
  );
  put(schema, schemaText);
  put('service.yaml', `${serviceText}colour: red\n`);
  const added = serviceText.split('\n').length;
  expect(read).toThrow(
    expect.objectContaining({ message: expect.stringMatching(`^service\\.yaml:${added} colour: `) }),
  );
  put('service.yaml', serviceText);
  put('environments.local.yaml', 'environments: [');
  expect(read).toThrow(expect.objectContaining({ message: expect.stringMatching(/^environments\.local\.yaml:/) }));
  rmSync(join(root, 'environments.local.yaml'));
  expect(read()).toEqual(first);
});

it('an account is as large as the environments on Lambda that are declared there; a file that cannot be read changes nothing', () => {
  let text: string | null = numbered(3, { 2: 'runtime: process' }).replace('"000000000003"', '"000000000001"');
  const count = environmentsOnLambda(() => {
    if (text === null) throw new SoundBiteError('declaration-invalid', 'half a file');
    return { environments: environmentsIn({ text }), digest: '' } satisfies Declaration;
  });
  expect(['000000000001', '000000000002', '000000000009'].map(count)).toEqual([2, 0, 0]);
  text = null;
  expect(count('000000000001')).toBe(2);
  text = numbered(2);
  expect(['000000000001', '000000000002'].map(count)).toEqual([1, 1]);
});
