import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoint } from '@soundbite/client';
import { controlPlaneContract } from '@soundbite/client/testing/contract.ts';
import { beforeAll, describe, inject } from 'vitest';

let endpoint: Endpoint;

beforeAll(async () => {
  endpoint = JSON.parse(await readFile(join(inject('home'), 'control-plane.json'), 'utf8')) as Endpoint;
});

/** packages/client/src/testing/fake-contract.test.ts holds the fake to the same. */
describe('the real control plane', () => {
  controlPlaneContract(() => ({ endpoint, goOn: () => {} }));
});
