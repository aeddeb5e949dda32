import { expect, it } from 'vitest';
import { oldReferences, referenceText } from './schema.ts';

it('the files in docs/reference are what the code says (npm run schema writes them)', () => {
  expect(oldReferences()).toEqual([]);
});

it('lets an environment override a single setting, and names every key', () => {
  const schema = JSON.parse(referenceText('docs/reference/environments.schema.json'));
  const environment = schema.properties.environments.items;
  expect(Object.keys(environment.properties)).toEqual([
    'name',
    'cloud',
    'runtime',
    'port',
    'protected',
    'authorizer',
    'service',
    'gates',
    'watch',
  ]);
  expect(environment.additionalProperties).toBe(false);
  expect(environment.properties.service.properties.limits.required).toBeUndefined();
  expect(environment.required).not.toContain('service');
});
