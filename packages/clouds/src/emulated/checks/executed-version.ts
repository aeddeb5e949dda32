import { strict as assert } from 'node:assert';
import { createFunctionUrl, createHttpApi, createWeighted } from '../test-functions.ts';
import type { Check } from './check.ts';

const source = `export const handler = async (event) => {
  if (event.rawPath === '/throws') throw new Error('asked to');
  return { statusCode: event.rawPath === '/fails' ? 500 : 200, headers: { 'X-Soundbite-Executed-Version': '99' }, body: process.env.AWS_LAMBDA_FUNCTION_VERSION };
};`;

export const executedVersion: Check = {
  correction: 'executed_version',
  title: 'every answer of an HTTP API or a function URL that a function made says by which version, errors too',
  failsWithout: /'99' !== '[12]'/,
  async holds(account) {
    await createWeighted(account, 'executed', 0.5, source);
    for (const url of [await createHttpApi(account, 'executed'), await createFunctionUrl(account, 'executed')])
      await namesItsVersions(url);
  },
};

async function namesItsVersions(url: string): Promise<void> {
  const seen = new Set<string>();
  for (let n = 0; n < 40; n += 1) {
    const answer = await fetch(url);
    const version = await answer.text();
    assert.equal(answer.headers.get('x-soundbite-executed-version'), version);
    seen.add(version);
  }
  assert.deepEqual([...seen].sort(), ['1', '2']);
  for (const [path, status] of [
    ['fails', 500],
    ['throws', 502],
  ] as const) {
    const answer = await fetch(`${url}${path}`);
    assert.equal(answer.status, status);
    assert.match(answer.headers.get('x-soundbite-executed-version') ?? '', /^[12]$/);
  }
}
