import { expect, it } from 'vitest';
import { isFresh, schemaText } from './schema.ts';

it('the JSON Schema in docs/reference is that of the code (npm run schema writes it)', () => {
  expect(isFresh()).toBe(true);
});

it('lets an environment override a single setting, and names every key', () => {
  const schema = JSON.parse(schemaText());
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
