/** One request that must be refused, and how. `field` must be named in the problem's errors. */
export interface BadRequest {
  readonly what: string;
  readonly status: number;
  readonly field: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  /** The path is that of no route: the problem names no field. */
  readonly isOfNoRoute?: true;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const text = (value: string) => JSON.stringify({ text: value });
const callback = (callbackUrl: unknown) => JSON.stringify({ text: 'Hello.', callbackUrl });

/** Addresses that lead to this machine, its neighbours or its cloud, however they are spelt. */
export const PRIVATE_URLS: readonly string[] = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://127.0.0.1./',
  'http://１２７.０.０.１/',
  'http://0/',
  'http://0.0.0.0/',
  'http://localhost/',
  'http://LOCALHOST./',
  'http://a.localhost/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[fe80::1]/',
  'http://[fd00::1]/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://192.168.1.1/',
  'http://100.64.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://169.254.170.2/',
  'http://[fd00:ec2::254]/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://198.18.0.1/',
  'http://192.0.2.1/',
  'http://intranet/',
  'http://printer.local/',
  'http://metadata.google.internal/',
  'https://user:secret@example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/plain,x',
  '//example.com/',
  'example.com',
  '',
  ' https://example.com/',
  'https://exa\tmple.com/',
  'https:\\\\example.com\\',
  'http://example.com:0/',
  `https://example.com/${'a'.repeat(2100)}`,
];

/** What every runtime must refuse in the same way, under limits of 3,000 bytes of text and 16,384 of body, with public callbacks. */
export const BAD_REQUESTS: readonly BadRequest[] = [
  { what: 'no body', status: 400, field: 'body', body: '' },
  { what: 'no JSON', status: 400, field: 'body', body: 'hello' },
  { what: 'half of a JSON', status: 400, field: 'body', body: '{"text":"Hi' },
  { what: 'two JSONs', status: 400, field: 'body', body: '{"text":"Hi"}{"text":"Hi"}' },
  { what: 'a comment in JSON', status: 400, field: 'body', body: '{"text":"Hi"/* */}' },
  { what: 'a byte order mark', status: 400, field: 'body', body: '\ufeff{"text":"Hi"}' },
  { what: 'JSON of null', status: 422, field: 'body', body: 'null' },
  { what: 'JSON of a list', status: 422, field: 'body', body: '[]' },
  { what: 'JSON of a string', status: 422, field: 'body', body: '"Hi"' },
  { what: 'deep JSON', status: 400, field: 'body', body: `{"text":${'['.repeat(3000)}${']'.repeat(3000)}}` },
  { what: '__proto__', status: 400, field: '__proto__', body: '{"text":"Hi","__proto__":{"voice":"kit"}}' },
  { what: 'escaped __proto__', status: 400, field: '__proto__', body: '{"text":"Hi","__pr\\u006fto__":1}' },
  { what: 'constructor', status: 400, field: 'constructor', body: '{"text":"Hi","constructor":{}}' },
  { what: 'a member twice', status: 400, field: 'text', body: '{"text":"Hi","text":"Ho"}' },
  { what: 'a member twice, once escaped', status: 400, field: 'text', body: '{"text":"Hi","\\u0074ext":"Ho"}' },
  { what: 'an unknown member', status: 422, field: 'txt', body: '{"text":"Hi","txt":"Ho"}' },
  { what: 'no text', status: 422, field: 'text', body: '{}' },
  { what: 'a text of null', status: 422, field: 'text', body: '{"text":null}' },
  { what: 'a text that is a number', status: 422, field: 'text', body: '{"text":5}' },
  { what: 'a text that is a list', status: 422, field: 'text', body: '{"text":["Hi"]}' },
  { what: 'an empty text', status: 422, field: 'text', body: text('') },
  { what: 'a blank text', status: 422, field: 'text', body: text(' \n\t\u00a0\u3000 ') },
  { what: 'a NUL', status: 422, field: 'text', body: text('Hi\0there') },
  { what: 'a control character', status: 422, field: 'text', body: text('Hi\u0007there') },
  { what: 'half of a surrogate pair', status: 422, field: 'text', body: '{"text":"Hi \\ud800 there"}' },
  { what: 'the other half', status: 422, field: 'text', body: '{"text":"Hi \\udc00 there"}' },
  { what: 'U+FFFD', status: 400, field: 'body', body: text('Hi \ufffd there') },
  { what: 'U+FFFD, escaped', status: 422, field: 'text', body: '{"text":"Hi \\ufffd there"}' },
  { what: 'nothing to say', status: 422, field: 'text', body: text('!!! … ???') },
  { what: 'an emoji', status: 422, field: 'text', body: text('Well done 🎉') },
  { what: 'another script', status: 422, field: 'text', body: text('Hello, мир') },
  { what: 'turned writing', status: 422, field: 'text', body: text('Hi \u202ethere') },
  { what: 'a private-use character', status: 422, field: 'text', body: text('Hi \ue000') },
  { what: 'a text too long in words only', status: 422, field: 'text', body: text('½ '.repeat(800)) },
  { what: 'a text that takes too long to say', status: 422, field: 'text', body: text('7'.repeat(1400)) },
  { what: 'a text one byte too long', status: 422, field: 'text', body: text('a'.repeat(3001)) },
  { what: 'a text too long in bytes only', status: 422, field: 'text', body: text(`a${'é'.repeat(1500)}`) },
  { what: 'an unknown voice', status: 422, field: 'voice', body: '{"text":"Hi","voice":"hal"}' },
  { what: 'an engine’s voice', status: 422, field: 'voice', body: '{"text":"Hi","voice":"Joanna"}' },
  { what: 'a voice of null', status: 422, field: 'voice', body: '{"text":"Hi","voice":null}' },
  { what: 'an unknown format', status: 422, field: 'format', body: '{"text":"Hi","format":"ogg"}' },
  { what: 'no speed', status: 422, field: 'speed', body: '{"text":"Hi","speed":0}' },
  { what: 'too much speed', status: 422, field: 'speed', body: '{"text":"Hi","speed":1e308}' },
  { what: 'infinite speed', status: 422, field: 'speed', body: '{"text":"Hi","speed":1e999}' },
  { what: 'a speed that is a string', status: 422, field: 'speed', body: '{"text":"Hi","speed":"1"}' },
  { what: 'a callback that is a number', status: 422, field: 'callbackUrl', body: callback(5) },
  ...PRIVATE_URLS.map((url) => ({
    what: `a callback to ${url.slice(0, 60)}`,
    status: 422,
    field: 'callbackUrl',
    body: callback(url),
  })),
  {
    what: 'bad UTF-8',
    status: 400,
    field: 'body',
    body: new Uint8Array([...Buffer.from('{"text":"Hi '), 0xff, 0xfe, ...Buffer.from('"}')]),
  },
  { what: 'an oversized body', status: 413, field: 'body', body: `{"text":"Hi"${' '.repeat(16_384)}}` },
  {
    what: 'plain text',
    status: 415,
    field: 'content-type',
    body: text('Hi'),
    headers: { 'content-type': 'text/plain' },
  },
  {
    what: 'a form',
    status: 415,
    field: 'content-type',
    body: 'text=Hi',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  },
  {
    what: 'another charset',
    status: 415,
    field: 'content-type',
    body: text('Hi'),
    headers: { 'content-type': 'application/json; charset=utf-16' },
  },
  {
    what: 'an empty key',
    status: 400,
    field: 'idempotency-key',
    body: text('Hi'),
    headers: { ...JSON_TYPE, 'idempotency-key': '' },
  },
  {
    what: 'an oversized key',
    status: 400,
    field: 'idempotency-key',
    body: text('Hi'),
    headers: { ...JSON_TYPE, 'idempotency-key': 'k'.repeat(256) },
  },
  {
    what: 'a key with a space',
    status: 400,
    field: 'idempotency-key',
    body: text('Hi'),
    headers: { ...JSON_TYPE, 'idempotency-key': 'a b' },
  },
  {
    what: 'two keys',
    status: 400,
    field: 'idempotency-key',
    body: text('Hi'),
    headers: { ...JSON_TYPE, 'idempotency-key': 'a,b' },
  },
  { what: 'an id that is none', status: 404, field: 'id', body: '', method: 'GET', path: '/soundbites/nothing' },
  {
    what: 'an id with a slash',
    status: 404,
    field: 'id',
    body: '',
    method: 'GET',
    path: '/soundbites/..%2f..%2fready',
    isOfNoRoute: true,
  },
  { what: 'an id with bad UTF-8', status: 404, field: 'id', body: '', method: 'GET', path: '/soundbites/%ff%fe' },
  {
    what: 'a cursor that is none',
    status: 422,
    field: 'cursor',
    body: '',
    method: 'GET',
    path: '/soundbites?cursor=abc',
  },
  { what: 'a limit of nothing', status: 422, field: 'limit', body: '', method: 'GET', path: '/soundbites?limit=0' },
  { what: 'a limit too high', status: 422, field: 'limit', body: '', method: 'GET', path: '/soundbites?limit=1000' },
];

/** Sends one of them. */
export function sendBadRequest(
  url: string,
  { body, headers = JSON_TYPE, method = 'POST', path = '/soundbites' }: BadRequest,
): Promise<Response> {
  return fetch(url + path, method === 'GET' ? {} : { method, headers, body });
}
