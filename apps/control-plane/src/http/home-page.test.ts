import { createHash } from 'node:crypto';
import { type EventLine, StatusEnvironment, type Why } from '@soundbite/client';
import { refuseTheRest } from '@soundbite/client/serving/app.ts';
import type { Access, Authority, Known } from '@soundbite/client/serving/authority.ts';
import { errorAnswer } from '@soundbite/client/serving/errors.ts';
import { digestOf, ownerActor } from '@soundbite/model';
import { Hono } from 'hono';
import { describe, expect, it, vi } from 'vitest';
import type { PagePlace } from '../page.ts';
import type { NoPage, PageFiles } from '../page-source.ts';
import { serveHome, showNothing } from './home-page.ts';

const release = digestOf('x');
const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();

const seen = (more: Partial<StatusEnvironment> = {}) =>
  StatusEnvironment.parse({
    ...{ name: 'live', state: 'healthy', release, url: 'http://127.0.0.1:8104', runtime: 'aws', promotion: null },
    cloud: { kind: 'emulated', account: '000000000001', region: 'eu-west-1', endpoint: null },
    ...more,
  });

const decided = (more: Partial<Why> = {}): Why => ({
  ...{ environment: 'live', release, since: hours(-3), promotion: 'p-1', gates: [], evidence: [], underWay: null },
  by: {
    ...{ actor: 'ana@example.com', kind: 'promote', reason: null, override: false, breakGlass: false },
    ...{ follows: null, approvals: [] },
  },
  ...{ waits: [], freezes: [], holds: [], blocked: null, glass: [], taints: [] },
  ...more,
});

const waiting = (more: Partial<Why['waits'][number]>): Why['waits'][number] => ({
  ...{ promotion: 'p-3', release: digestOf('z'), cut: null, kind: 'promote', by: 'bob@example.com' },
  ...{ askedReason: null, since: hours(-1), comesFrom: null, reason: 'waits', waitsFor: null, gates: [] },
  ...more,
});

const cut = { commit: 'c'.repeat(40), subject: 'Louder', author: 'Ada', committedAt: hours(-50), dirty: false };

const notBuilt: NoPage = { why: 'it could not be built: <b>', isSoon: false };

/** The page of these places, asked for by a browser that was let in unless told. */
function stage(
  places: readonly PagePlace[],
  cookie = 'soundbite-page-x=good',
  built: PageFiles | NoPage = notBuilt,
  told: EventLine = { kind: 'begun', sequence: 41, reset: false },
) {
  const accesses: Partial<Access>[] = [];
  const authority = {
    sessions: {
      cookie: 'soundbite-page-x',
      identify: async (session: string) => (session === 'good' ? ownerActor('admin') : null),
    },
    record: async (access: Access) => void accesses.push(access),
  } as unknown as Authority;
  const app = new Hono<Known>();
  async function* events() {
    yield told;
  }
  const engine = { database: { whileAnswering: (work: () => unknown) => work() }, events } as never;
  app.onError(errorAnswer);
  let count = 0;
  const page = async () => {
    count++;
    return places;
  };
  const ready = vi.fn(async () => built);
  serveHome(app, { page, engine }, authority, { ready, asset: async () => undefined });
  const get = (headers: Record<string, string> = {}, path = '/') =>
    app.request(path, { headers: { cookie, ...headers } });
  return { get, accesses, made: () => count, ready };
}

const textOf = async (...places: readonly PagePlace[]) => (await stage(places).get()).text();

describe('the page', () => {
  it('shows what runs, since when and by whom, without a script or anything of elsewhere', async () => {
    const { get, accesses } = stage([{ status: seen(), why: decided(), cut }]);
    const answer = await get();
    const text = await answer.text();
    expect(answer.status).toBe(200);
    for (const part of [
      release.slice(7, 19),
      'Louder',
      '2 days ago',
      '3 hours ago',
      'ana@example.com',
      '</svg>healthy',
    ])
      expect(text).toContain(part);
    expect(text).not.toMatch(/<script|src=| style=|<link/);
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(text) ?? [];
    const digest = createHash('sha256').update(style).digest('base64');
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain(`style-src 'sha256-${digest}';`);
    expect(policy).not.toContain('unsafe');
    expect(accesses).toMatchObject([{ actor: { name: 'local' }, operation: 'openPage', allowed: true }]);
  });

  it('shows what people wrote as text, each for itself, and no more of it than anybody reads', async () => {
    const subject = `</bdi><script>alert(1)</script>\u202E${'🎧'.repeat(3_000)}`;
    const text = await textOf({ status: seen(), why: decided(), cut: { ...cut, subject } });
    expect(text).not.toContain('<script');
    expect(text).toContain('<bdi>&lt;/bdi&gt;&lt;script&gt;alert(1)');
    expect(text).toContain('🎧…</bdi>');
    expect(text).not.toContain('\u202E');
    expect(text.isWellFormed()).toBe(true);
    expect(text.length).toBeLessThan(10_000);
  });

  it('tells apart what is broken and what is only being deployed', async () => {
    const promotion = { id: 'p-2', release: digestOf('y'), state: 'running', step: 'smoke' } as const;
    const text = await textOf({ status: seen({ state: 'degraded', promotion }), why: decided(), cut });
    expect(text).toContain(`deploying ${digestOf('y').slice(7, 19)}: smoke`);
    expect(text).toContain('class="state busy"');
    expect(text).toContain('class="state degraded"');
    const marks = [...text.matchAll(/<span class="state \w+"><svg[^>]*>(.*?)<\/svg>/g)].map(([, shape]) => shape);
    expect(new Set(marks).size).toBe(2);
  });

  it('shows what waits, for what, for whom and until when, and what is in force', async () => {
    const gate = { gate: 'approval', moment: 'entry', verdict: 'wait', reasons: ['1 must say yes'] } as const;
    const until = { who: ['eve@example.com'], until: hours(23.5), seconds: null };
    const waits = [waiting({ waitsFor: 'person', gates: [{ ...gate, reasons: [...gate.reasons], ...until }] })];
    const freezes = [{ id: 'f', environment: 'live', from: hours(-1), until: hours(5), reason: 'night', by: 'ana' }];
    const glass = [
      {
        ...{ promotion: 'p-4', environment: 'live', release, reason: 'an outage' },
        by: 'zoe',
        at: hours(-2),
        until: hours(22),
      },
    ];
    const text = await textOf({ status: seen({ freezes, glass }), why: decided({ waits }), cut });
    for (const part of ['1 must say yes', 'eve@example.com', 'in 23 hours', 'bob@example.com', 'night'])
      expect(text).toContain(part);
    expect(text).toMatch(/zoe broke the glass of live for .+\(an outage\): promotion p-4/);
  });

  it('says of what ends soon that it will, and links to pages of the web alone', async () => {
    const gate: Why['gates'][number] = {
      ...{ gate: 'soak', moment: 'entry', verdict: 'wait', reasons: ['too new'], until: hours(0.01), seconds: null },
    };
    const waits = [waiting({ since: hours(0), gates: [gate] })];
    const text = await textOf({ status: seen({ url: 'javascript:alert(1)' }), why: decided({ waits }), cut });
    expect(text).toMatch(/ends <time[^>]*>in less than a minute</);
    expect(text).toMatch(/asked for by <bdi>bob@example.com<\/bdi> <time[^>]*>just now</);
    expect(text).not.toContain('href="javascript:');
    expect(await textOf({ status: seen(), why: decided(), cut })).toContain('href="http://127.0.0.1:8104"');
  });

  it('of an environment with nothing, and of one that cannot be told of, says so', async () => {
    const text = await textOf({ status: seen({ state: 'empty', release: null, url: null }), why: null, cut: null });
    expect(text).toContain('nothing is live');
    expect(text).toContain('the records do not say why');
    expect(await textOf({ status: seen({ state: 'down' }), why: decided(), cut: null })).not.toContain(
      'do not say why',
    );
  });

  it('shows nothing to whoever was not let in, and that is recorded', async () => {
    const { get, accesses } = stage([{ status: seen(), why: decided(), cut }], 'soundbite-page-x=bad');
    const answer = await get();
    expect(answer.status).toBe(401);
    const text = await answer.text();
    expect(text).toContain('soundbite open');
    expect(text).not.toContain('Louder');
    expect(accesses).toMatchObject([{ actor: null, allowed: false }]);
  });

  it.each([
    { 'sec-fetch-dest': 'image', 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch;prerender' },
  ])('is made for nobody who does not open it: %j', async (headers) => {
    const { get, accesses, made } = stage([{ status: seen(), why: decided(), cut }]);
    expect((await get(headers)).status).toBe(403);
    expect([made(), accesses]).toEqual([0, []]);
    expect((await get({ 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' })).status).toBe(200);
    expect(made()).toBe(1);
  });

  it('asks once more for who comes from another site: browsers leave the cookie behind then', async () => {
    const { get, accesses } = stage([{ status: seen(), why: decided(), cut }]);
    const answer = await get({ 'sec-fetch-site': 'cross-site' });
    expect(answer.headers.get('refresh')).toBe('0');
    expect(await answer.text()).not.toContain('Louder');
    expect((await get({ 'sec-fetch-site': 'same-origin' })).headers.get('refresh')).toBeNull();
    expect(accesses).toHaveLength(1);
  });
});

describe('the page as it was built', () => {
  const index = '<!doctype html><html data-newest-event=""><script type="module" src="/assets/index-1.js"></script>';
  const built = { index, assets: new Map() };
  const addresses = ['/', '/approvals', '/releases', '/promotions/p-1', '/?at=2026-01-01'];

  it.each(addresses)('is what every address of a screen shows: %s', async (path) => {
    const { get, made, accesses } = stage([], 'soundbite-page-x=good', built);
    const answer = await get({}, path);
    expect([answer.status, await answer.text(), made()]).toEqual([200, index.replace('""', '"41"'), 0]);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(accesses).toMatchObject([{ operation: 'openPage', allowed: true }]);
  });

  it('says of no event that it is the newest while the records are away', async () => {
    const { get } = stage([], 'soundbite-page-x=good', built, { kind: 'away', since: hours(-1) });
    expect(await (await get()).text()).toBe(index);
  });

  it('is at no other address', async () => {
    const { get } = stage([], 'soundbite-page-x=good', built);
    for (const path of [
      '/nosuch',
      '/environments',
      '/environments/a/b',
      '/releases/a/b',
      '/index.html',
      '/v1',
      '/Releases',
    ])
      expect((await get({}, path)).status, path).toBe(404);
  });

  it('may load its own files and ask the control plane, and nothing else', async () => {
    const { get } = stage([], 'soundbite-page-x=good', built);
    const policy = (await get()).headers.get('content-security-policy') ?? '';
    const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1).join(' ')]));
    for (const what of ['script-src', 'style-src', 'connect-src', 'img-src'])
      expect(rules.get(what), what).toBe("'self'");
    for (const what of ['default-src', 'form-action', 'frame-ancestors', 'base-uri'])
      expect(rules.get(what), what).toBe("'none'");
    expect([rules.get('require-trusted-types-for'), rules.get('trusted-types')]).toEqual(["'script'", 'default']);
    expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
  });

  it.each(addresses)('is shown to nobody else, and not built for them: %s', async (path) => {
    const { get, accesses, ready } = stage([], 'soundbite-page-x=bad', built);
    const answer = await get({}, path);
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('index-1.js');
    expect(accesses).toMatchObject([{ actor: null, allowed: false }]);
    expect((await get({ 'sec-fetch-dest': 'image' }, path)).status).toBe(403);
    expect(ready).not.toHaveBeenCalled();
  });

  it('is asked for once more, at the same address, by who comes from another site', async () => {
    const { get, ready } = stage([], 'soundbite-page-x=good', built);
    const answer = await get({ 'sec-fetch-site': 'cross-site' }, '/promotions/p-1');
    expect([answer.headers.get('refresh'), answer.status]).toEqual(['0', 200]);
    expect(ready).not.toHaveBeenCalled();
  });

  it('where it is not built is the one without a script, which says why, and asks again by itself as long as it is being built', async () => {
    const broken = await stage([]).get();
    expect(await broken.text()).toContain('it could not be built: &lt;b&gt;');
    expect(broken.headers.get('refresh')).toBeNull();
    const soon = await stage([], 'soundbite-page-x=good', { why: 'it is being built', isSoon: true }).get();
    expect(await soon.text()).toContain('it is being built');
    expect(soon.headers.get('refresh')).toBe('2');
  });
});

it('who mistypes an address in a browser reads so, and programs get an error as ever', async () => {
  const app = refuseTheRest(new Hono<Known>(), showNothing);
  const read = await app.request('/nothing/here', { headers: { accept: 'text/html,*/*' } });
  expect([read.status, await read.text()]).toEqual([404, expect.stringContaining('There is nothing at this address')]);
  const told = await app.request('/nothing/here', { headers: { accept: 'application/json' } });
  expect([told.status, await told.json()]).toMatchObject([404, { error: { code: 'route-unknown' } }]);
});
