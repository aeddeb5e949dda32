import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ProblemSchema } from './http/documents.ts';
import { BAD_REQUESTS, sendBadRequest } from './testing/bad-requests.ts';
import { makeBundle, zipOf } from './testing/bundle.ts';
import { type Emulator, startEmulator } from './testing/emulator.ts';
import { makeFunctions } from './testing/functions.ts';
import { type RunningPart, startPart } from './testing/processes.ts';
import { makeStack } from './testing/stack.ts';

let emulator: Emulator;
let api: RunningPart;
const urls = { process: '', functions: '' };

beforeAll(async () => {
  emulator = await startEmulator();
  const environment = await makeStack(emulator, { service: { callbacks: 'public' } });
  const bundle = await makeBundle();
  api = await startPart('api', environment);
  urls.process = api.url;
  urls.functions = (await makeFunctions(emulator, environment, zipOf(bundle.folder))).url;
  bundle.remove();
});

afterAll(async () => {
  await api?.stop();
  await emulator?.stop();
});

describe.each(['process', 'functions'] as const)('bad input, to the service as %s', (runtime) => {
  it.each(BAD_REQUESTS.map((bad) => ({ ...bad, toString: () => bad.what })))(
    'refuses $what with $status, naming $field',
    async (bad) => {
      const response = await sendBadRequest(urls[runtime], bad);
      const document: unknown = await response.json();
      expect({ status: response.status, document }).toMatchObject({ status: bad.status });
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(response.headers.get('x-soundbite-release')).toMatch(/^sha256:/);
      const problem = z.parse(ProblemSchema, document);
      if (bad.isOfNoRoute) return expect(problem.code).toBe('no-such-route');
      expect(problem.errors?.map(({ field }) => field)).toContain(bad.field);
    },
  );
});
