import { describe, expect, it } from 'vitest';
import { type GatewayEvent, outsideOf, toAnswer, toRequest } from './gateway.ts';

function event(over: Partial<GatewayEvent> = {}, stage = '$default', method = 'GET'): GatewayEvent {
  return { rawPath: '/soundbites', requestContext: { stage, http: { method } }, ...over };
}

describe('an HTTP API event as a request', () => {
  it('keeps method, path, query, headers and body', async () => {
    const body = Buffer.from('{"text":"é"}').toString('base64');
    const headers = { 'content-type': 'application/json' };
    const request = toRequest(
      event({ rawQueryString: 'a=1&a=2', headers, body, isBase64Encoded: true }, '$default', 'POST'),
    );
    expect(request.method).toBe('POST');
    expect(request.url).toBe('http://service/soundbites?a=1&a=2');
    expect(request.headers.get('content-type')).toBe('application/json');
    expect(await request.text()).toBe('{"text":"é"}');
  });

  it('takes a named stage off the path, and nothing else', () => {
    const pathOf = (rawPath: string, stage: string) => new URL(toRequest(event({ rawPath }, stage)).url).pathname;
    expect(pathOf('/rehearsal/voices', 'rehearsal')).toBe('/voices');
    expect(pathOf('/rehearsal', 'rehearsal')).toBe('/');
    expect(pathOf('/rehearsals', 'rehearsal')).toBe('/rehearsals');
    expect(pathOf('/voices', 'rehearsal')).toBe('/voices');
    expect(pathOf('/$default/voices', '$default')).toBe('/%24default/voices');
  });

  it('does not let a decoded path lead to another route', () => {
    for (const rawPath of ['/soundbites/../../ready', '/soundbites/..', '/./ready', '//ready/..']) {
      expect(new URL(toRequest(event({ rawPath })).url).pathname).not.toBe('/ready');
    }
    expect(new URL(toRequest(event({ rawPath: '//evil.example/x' })).url).host).toBe('service');
  });

  it('keeps a method that no Request can have beside it', () => {
    for (const method of ['TRACE', 'CONNECT', 'TRACK']) {
      expect(toRequest(event({}, '$default', method)).method).toBe('OPTIONS');
      expect(outsideOf(event({}, '$default', method))).toMatchObject({ sentMethod: method });
    }
    expect(outsideOf(event())).not.toHaveProperty('sentMethod');
  });

  it('marks header characters that no request can carry, and drops a GET’s body', () => {
    const request = toRequest(event({ headers: { 'idempotency-key': 'k\u{1f600}\n', absent: undefined }, body: 'x' }));
    expect(request.headers.get('idempotency-key')).toBe('k¿¿');
    expect(request.body).toBeNull();
  });
});

describe('what stands in front of the function', () => {
  it('tells an invocation of a single version from what came through the HTTP API', () => {
    const through = (apiId: string) => outsideOf(event({ requestContext: { apiId, http: { method: 'GET' } } }));
    expect(through('pinned')).toMatchObject({ pinned: true });
    expect(through('a1b2c3d4e5')).toMatchObject({ pinned: false });
    expect(outsideOf(event())).toMatchObject({ pinned: false });
  });

  it('names rehearsals by the stage and callers by the token’s subject', () => {
    expect(outsideOf(event())).toMatchObject({ rehearsal: false });
    expect(outsideOf(event({}, 'rehearsal'))).toMatchObject({ rehearsal: true });
    const authorizer = { jwt: { claims: { sub: 'someone' } } };
    const named = event({ requestContext: { http: { method: 'GET' }, authorizer } });
    expect(outsideOf(named)).toMatchObject({ principal: 'someone' });
  });
});

describe('an answer for the HTTP API', () => {
  it('is text for JSON and pages, base64 for sound', async () => {
    const problem = new Response('{"é":1}', { status: 422, headers: { 'content-type': 'application/problem+json' } });
    expect(await toAnswer(problem)).toMatchObject({ statusCode: 422, body: '{"é":1}', isBase64Encoded: false });
    const sound = new Response(new Uint8Array([0, 255]), { headers: { 'content-type': 'audio/wav' } });
    expect(await toAnswer(sound)).toMatchObject({ statusCode: 200, body: 'AP8=', isBase64Encoded: true });
    expect(await toAnswer(new Response(null, { status: 204 }))).toMatchObject({ body: '', isBase64Encoded: false });
  });
});
