import { operations } from '@soundbite/client/operations.ts';
import type { Authority } from '@soundbite/client/serving/authority.ts';
import { expect, it } from 'vitest';
import type { ControlPlane } from '../control-plane.ts';
import { httpApp } from './app.ts';

it('serves the table of operations and nothing beside it, but for what tells of itself and for credentials (decision 0024)', () => {
  const plane = { engine: { database: {} }, dev: {} } as unknown as ControlPlane;
  const served = httpApp(plane, {} as Authority)
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`);
  const table = Object.values(operations).map(
    ({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
  );
  // A route with a guard of its own is listed twice.
  expect([...new Set(served)].toSorted()).toEqual(
    [
      ...table,
      'GET /health',
      'GET /openapi.json',
      'GET /credentials/:environment',
      'GET /',
      'GET /enter/:link',
      'GET /approval/:link',
      'POST /approval/:link',
    ].toSorted(),
  );
});
