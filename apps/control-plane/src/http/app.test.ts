import { operations } from '@soundbite/client/operations.ts';
import type { Authority } from '@soundbite/client/serving/authority.ts';
import { screens } from '@soundbite/model/page/screens.ts';
import { expect, it } from 'vitest';
import type { ControlPlane } from '../control-plane.ts';
import type { PageSource } from '../page-source.ts';
import { httpApp } from './app.ts';

it('serves the table of operations and nothing beside it, but for the page, what tells of itself and credentials (decisions 0024, 0079)', () => {
  const plane = { engine: { database: {} }, dev: {} } as unknown as ControlPlane;
  const served = httpApp(plane, {} as Authority, {} as PageSource)
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
      ...Object.values(screens).map((path) => `GET ${path}`),
      'GET /assets/:file',
      'GET /enter/:link',
      'GET /approval/:link',
      'POST /approval/:link',
    ].toSorted(),
  );
});
