import { expect } from 'vitest';

/** Asks for audio as browsers and players do; `url` is of a ready soundbite of `bytes` bytes. The same in both runtimes. */
export async function audioAnswersAsPlayersAsk(url: string, bytes: number): Promise<void> {
  const ask = (headers: Record<string, string> = {}, method = 'GET', query = '?stream=1') =>
    fetch(url + query, { method, headers, redirect: query === '' ? 'follow' : 'manual' });
  const whole = await ask();
  const body = new Uint8Array(await whole.arrayBuffer());
  const etag = whole.headers.get('etag') ?? '';
  const modified = whole.headers.get('last-modified') ?? '';
  expect([whole.status, body.byteLength]).toEqual([200, bytes]);
  expect(etag).toMatch(/^"[^"]+"$/);
  const id = url.split('/').at(-2);
  expect(Object.fromEntries(whole.headers)).toMatchObject({
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-length': String(bytes),
    'content-type': 'audio/wav',
    'content-disposition': `inline; filename="soundbite-${id}.wav"`,
  });

  await headSaysWhatGetSays(ask, whole);
  await rangesAreGiven(ask, body);
  await conditionsHold(ask, etag, modified);

  const redirected = await ask({}, 'GET', '?stream=0');
  expect([redirected.status, redirected.headers.get('cache-control')]).toEqual([307, 'private, no-store']);
  const followed = await ask({ range: 'bytes=0-1', origin: 'https://a.page.example' }, 'GET', '');
  expect([followed.status, followed.headers.get('content-range')]).toEqual([206, `bytes 0-1/${bytes}`]);
  expect(followed.headers.get('access-control-allow-origin')).toBe('*');
  const head = await ask({}, 'HEAD', '');
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes)]);
}

type Ask = (headers?: Record<string, string>, method?: string) => Promise<Response>;

async function headSaysWhatGetSays(ask: Ask, whole: Response): Promise<void> {
  const own = ['date', 'apigw-requestid', 'x-request-id', 'connection', 'keep-alive', 'transfer-encoding'];
  const shown = (response: Response) =>
    Object.fromEntries([...response.headers].filter(([name]) => !own.includes(name)));
  for (const headers of [{}, { range: 'bytes=0-1' }] as Record<string, string>[]) {
    const head = await ask(headers, 'HEAD');
    expect([head.status, shown(head), await head.text()]).toEqual([200, shown(whole), '']);
  }
}

async function rangesAreGiven(ask: Ask, body: Uint8Array): Promise<void> {
  const { length } = body;
  for (const [range, first, last] of [
    ['bytes=0-1', 0, 1], // Safari's first question
    ['bytes=0-', 0, length - 1],
    ['bytes=-10', length - 10, length - 1],
    [`bytes=10-${length + 10}`, 10, length - 1],
  ] as const) {
    const part = await ask({ range });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${first}-${last}/${length}`]);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(body.subarray(first, last + 1));
  }
  for (const range of ['bytes=0-1,5-6', 'bytes=5-4', 'lines=1-2']) {
    expect((await (await ask({ range })).arrayBuffer()).byteLength).toBe(length);
  }
  for (const range of [`bytes=${length}-`, 'bytes=-0']) {
    const beyond = await ask({ range });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${length}`]);
    expect(await beyond.json()).toMatchObject({ code: 'wrong-range' });
  }
}

async function conditionsHold(ask: Ask, etag: string, modified: string): Promise<void> {
  for (const headers of [{ 'if-none-match': etag }, { 'if-modified-since': modified }] as Record<string, string>[]) {
    for (const method of ['GET', 'HEAD']) {
      const same = await ask(headers, method);
      expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag]);
    }
  }
  expect((await ask({ 'if-none-match': '"another"' })).status).toBe(200);
  expect((await ask({ 'if-match': '"another"' })).status).toBe(412);
  expect((await ask({ range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
  expect((await ask({ range: 'bytes=0-1', 'if-range': '"another"' })).status).toBe(200);
}
