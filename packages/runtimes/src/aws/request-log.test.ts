import type { Cloud, RequestRecord, RequestsSince, Target } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loggedRequests } from './request-log.ts';
import { fakeAws } from './testing.ts';
import { testReleases } from './testing-releases.ts';

const release = `sha256:${'a'.repeat(64)}`;
const group = '/aws/lambda/soundbite-staging-api';
/** When the watch begins, in ms since 1970. */
const since = Date.parse('2026-03-01T12:00:00.000Z');

describe('requests as the service logged them', () => {
  let aws: Awaited<ReturnType<typeof fakeAws>>;
  let cloud: Cloud;

  beforeEach(async () => {
    const { older, newer, remove } = await testReleases();
    await remove();
    aws = await fakeAws(older, newer);
    vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
    aws.logs.groups.set(group, []);
    aws.logs.state.now = since + 60_000;
    const credentials = { accessKeyId: 'AKIAEXAMPLEEXAMPLE00', secretAccessKey: 'secret' };
    const access = { kind: 'real' as const, account: '123456789012', region: 'eu-central-1', credentials };
    cloud = { kind: 'real', access: async () => access, checkpoint: async () => {} };
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    aws.close();
  });

  /** A line of the service, `at` ms after the watch began; `over` replaces fields, or the line itself. */
  function logged(id: string, at: number, over: object | string = {}, visibleAt?: number): void {
    const line = {
      level: 'info',
      time: new Date(since + at).toISOString(),
      part: 'api',
      environment: 'staging',
      release,
      version: '7',
      requestId: id,
      method: 'GET',
      route: '/prices',
      path: '/prices',
      status: 200,
      ms: 12.5,
      ...(typeof over === 'string' ? {} : over),
      msg: 'request',
    };
    aws.logs.groups.get(group)?.push({
      eventId: id,
      timestamp: since + at + 1,
      message: typeof over === 'string' ? over : `${JSON.stringify(line)}\n`,
      logStreamName: '2026/03/01/[6]0123456789abcdef',
      ...(visibleAt === undefined ? {} : { visibleAt }),
    });
  }
  const page = (from: RequestsSince) => {
    const place = { environment: { name: 'staging' } as Target['environment'], cloud };
    return loggedRequests(place, from, { now: () => aws.logs.state.now, pages: 3 });
  };
  /** Somebody who asks on from where the answer before told to. */
  function reader(time = since): () => Promise<readonly RequestRecord[]> {
    let from: RequestsSince = { time };
    return async () => {
      const { records, next } = await page(from);
      from = next;
      return records;
    };
  }
  const statusesOf = (read: ReturnType<typeof reader>) => async () => (await read()).map(({ status }) => status);
  const tokens = () => aws.logs.calls.map(({ token }) => token);

  it('are records such as the edge makes', async () => {
    logged('1', 100, { method: 'POST', path: '/orders', status: 202 });
    logged('2', 200, { path: '/orders/01JD3XKQ5V8Q2Z6W9N4R7T1M0P/bills', status: 500, pinned: true });
    expect(await reader()()).toEqual([
      {
        environment: 'staging',
        start: since + 87,
        method: 'POST',
        route: '/orders',
        status: 202,
        ms: 12.5,
        release,
        version: '7',
        pinned: false,
      },
      {
        environment: 'staging',
        start: since + 187,
        method: 'GET',
        route: '/orders/:id/bills',
        status: 500,
        ms: 12.5,
        release,
        version: '7',
        pinned: true,
      },
    ]);
  });

  it('take the version from the stream where a line does not name it, and no other line for a request', async () => {
    logged('1', 100, { version: undefined });
    logged('2', 101, '{"msg":"request","status":200');
    logged('3', 102, '{"msg":"request","status":"200"}');
    logged('4', 103, 'START RequestId: 1 Version: 7 "msg":"request"');
    expect((await reader()()).map(({ version }) => version)).toEqual(['6']);
  });

  it('are read as loggers write them, and as Lambda’s JSON log format wraps what Node’s console is given', async () => {
    const fields = { method: 'GET', path: '/orders', status: 503, ms: 12.5 };
    const at = { timestamp: '2026-03-01T12:00:00Z', level: 'INFO', requestId: '1' };
    logged('1', 99, JSON.stringify({ ...at, message: 'request', logger: 'root', ...fields }));
    logged('2', 199, JSON.stringify({ ...at, message: { msg: 'request', ...fields } }));
    logged('3', 200, JSON.stringify({ ...at, message: { text: 'request', ...fields }, other: { msg: 'request' } }));
    const told = { start: since + 87, method: 'GET', route: '/orders', status: 503, version: '6', release: null };
    expect(await reader()()).toMatchObject([told, { ...told, start: since + 187 }]);
  });

  it('began no earlier than asked for, although they ended later', async () => {
    logged('before', 5, { ms: 10 });
    logged('after', 20, { ms: 10, status: 503 });
    expect(await statusesOf(reader())()).toEqual([503]);
  });

  it('are read page by page, empty ones too, each event once over all looks', async () => {
    aws.logs.state.emptyPages = 1;
    for (const id of ['1', '2', '3']) logged(id, 59_000 + Number(id) * 100);
    const statuses = statusesOf(reader());
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(tokens()).toEqual([undefined, '1/0', '1/2']);
    logged('4', 59_400, { status: 500 });
    expect([await statuses(), await statuses()]).toEqual([[500], []]);
  });

  it('are read on from where a look ended that met more pages than one reads, and none is left out', async () => {
    for (let id = 1; id <= 8; id++) logged(String(id), id * 100, { status: 200 + id });
    const statuses = statusesOf(reader());
    expect(await statuses()).toEqual([201, 202, 203, 204, 205, 206]);
    expect(await statuses()).toEqual([207, 208]);
    expect(tokens()).toEqual([undefined, '0/2', '0/4', '0/6']);
  });

  it('are seen although their lines come late; a later look reads half a minute back and no further', async () => {
    logged('late', 59_000, { status: 502 }, since + 65_000);
    logged('in time', 59_500);
    const statuses = statusesOf(reader());
    expect(await statuses()).toEqual([200]);
    // Nobody takes them for all until then.
    expect((await page({ time: since })).whole).toEqual({ until: since + 30_000 });
    aws.logs.calls.length = 1;
    aws.logs.state.now = since + 66_000;
    expect(await statuses()).toEqual([502]);
    await statuses();
    expect(aws.logs.calls.map(({ startTime }) => startTime - since)).toEqual([0, 30_000, 36_000]);
  });

  it('are told to each reader from its own time on, whatever another one has read', async () => {
    logged('1', 100);
    logged('2', 5_000, { status: 404 });
    const [whole, later] = [statusesOf(reader()), statusesOf(reader(since + 1_000))];
    expect([await whole(), await later(), await statusesOf(reader())()]).toEqual([[200, 404], [404], [200, 404]]);
    logged('3', 59_900, { status: 500 });
    expect([await whole(), await later()]).toEqual([[500], [500]]);
  });

  it('are Lambda’s own reports where the service logs none, and no longer once it does', async () => {
    const reportOf = (id: string) => `REPORT RequestId: ${id}\tDuration: 3.00 ms\tStatus: timeout`;
    logged('1', 1_000, reportOf('a'));
    logged('2', 59_000, reportOf('b'));
    const statuses = statusesOf(reader());
    expect(await statuses()).toEqual([502]);
    logged('3', 59_500, { status: 503 });
    aws.logs.state.now = since + 100_000;
    expect([await statuses(), await statuses()]).toEqual([[503], []]);
  });

  it('are none where the function never ran', async () => {
    aws.logs.groups.clear();
    expect(await reader()()).toEqual([]);
  });

  it('are not none where the account does not answer', async () => {
    aws.close();
    await expect(reader()()).rejects.toThrow();
  });
});
