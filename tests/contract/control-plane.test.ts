import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ErrorEnvelope } from '@soundbite/client';
import { refusedRequests, sendRaw } from '@soundbite/client/testing/contract-cases.ts';
import { beforeAll, describe, expect, inject, it } from 'vitest';

let plane: { url: string; token: string };

beforeAll(async () => {
  plane = JSON.parse(await readFile(join(inject('home'), 'control-plane.json'), 'utf8')) as typeof plane;
});

/** The same requests that packages/client/src/serving/refusals.test.ts sends to the fake. */
describe('the real control plane', () => {
  it.each(refusedRequests)('refuses $what with $status $code', async (bad) => {
    const { status, headers, text } = await sendRaw(plane, bad);
    const envelope = ErrorEnvelope.parse(JSON.parse(text));
    expect({ status, code: envelope.error.code }).toEqual({ status: bad.status, code: bad.code });
    if (status === 405) expect(headers.allow).toBe('GET, HEAD');
  });
});
