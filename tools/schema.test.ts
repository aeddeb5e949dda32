import { expect, it } from 'vitest';
import { oldReferences, referenceText } from './schema.ts';

it('the files in docs/reference are what the code says (npm run schema writes them)', () => {
  expect(oldReferences()).toEqual([]);
});

it('names every key, and asks for no settings', () => {
  const schema = JSON.parse(referenceText('docs/reference/environments.schema.json'));
  const environment = schema.properties.environments.items;
  expect(Object.keys(environment.properties)).toEqual([
    'name',
    'cloud',
    'runtime',
    'port',
    'protected',
    'authorizer',
    'settings',
    'gates',
    'supersede',
  ]);
  expect(environment.additionalProperties).toBe(false);
  expect(environment.required).not.toContain('settings');
  expect(schema.required).not.toContain('settings');
});
