import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, it } from 'vitest';
import { openApiDocument as serviceDocument } from '../../apps/service/src/http/openapi.ts';
import { readSettings } from '../../apps/service/src/settings.ts';
import { variables } from '../../apps/service/src/testing/settings.ts';
import { openApiDocument as controlPlaneDocument } from '../../packages/client/src/openapi.ts';

/** The linter's recommended rules as errors, and two more: every operation has an id of its own, and says how it refuses. */
const config = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    'operation-operationId': 'error',
    'operation-operationId-unique': 'error',
    'operation-4xx-response': 'error',
  },
});

async function findings(document: unknown): Promise<string[]> {
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`);
}

it('the contract of the control plane satisfies the OpenAPI linter', async () => {
  expect(await findings(controlPlaneDocument())).toEqual([]);
});

it('the contract of the service satisfies the OpenAPI linter', async () => {
  expect(await findings(serviceDocument(readSettings(variables())))).toEqual([]);
});

it('the linter names what is missing', async () => {
  const document = {
    openapi: '3.1.0',
    info: { title: 'a', version: '1' },
    paths: { '/a': { get: { responses: {} } } },
  };
  expect((await findings(document)).join('\n')).toContain('operation-operationId');
});
