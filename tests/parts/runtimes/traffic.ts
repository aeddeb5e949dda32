import type { RequestRecord } from '@soundbite/model';

const json = { 'content-type': 'application/json' };
const id = '01JD3XKQ5V8Q2Z6W9N4R7T1M0P';

/** Requests to known and unknown routes, right and wrong ones. */
const requests: readonly [method: string, path: string, init?: RequestInit][] = [
  ['GET', '/health'],
  ['GET', '/ready'],
  ['GET', '/version'],
  ['GET', '/voices?language=en'],
  ['HEAD', '/voices'],
  ['GET', '/'],
  ['GET', '/nothing/here/42'],
  ['GET', `/soundbites/${id}`],
  ['GET', `/soundbites/${id}/audio`],
  ['PUT', '/soundbites', { headers: json, body: '{}' }],
  ['POST', '/soundbites', { headers: json, body: '{"text":"the edge and the log agree"}' }],
  ['POST', '/soundbites', { headers: json, body: '{"text":"the edge and the log agree"}' }],
  ['POST', '/soundbites', { headers: json, body: '{"text":""}' }],
  ['POST', '/soundbites', { headers: json, body: '{' }],
  ['POST', '/soundbites', { headers: { 'content-type': 'text/plain' }, body: 'hello' }],
  ['GET', `/${'x'.repeat(60)}/caf%C3%A9`],
];

/** Sends them all, twice, and waits for each answer. */
export async function askEverything(url: string): Promise<void> {
  for (const [method, path, init] of [...requests, ...requests]) {
    const answer = await fetch(`${url}${path}`, { method, ...init, redirect: 'manual' });
    await answer.arrayBuffer();
  }
}

/** What is told of users' requests, without their times, in one order: who told it does not matter. */
export function told(records: readonly RequestRecord[]): string[] {
  return records
    .filter(({ pinned }) => !pinned)
    .map(({ method, route, status, release, version }) => `${method} ${route} ${status} ${release} ${version}`)
    .sort();
}
