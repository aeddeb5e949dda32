import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, connect } from '../client.ts';
import type { Endpoint } from '../transport.ts';
import { sendRaw } from './contract-cases.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** What a browser does: it is let in by a link, and asks with a cookie from then on. */
export function pageContract(endpoint: () => Endpoint): void {
  describe('a browser', () => {
    let owner: Client;
    beforeAll(() => {
      owner = connect(async () => endpoint());
    });
    const own = () => `http://${new URL(endpoint().url).host}`;
    /** As a browser sends it, without a token. */
    const send = async (path: string, headers: Headers = {}, asked: { method?: string; body?: string } = {}) => {
      const {
        status,
        headers: got,
        text,
      } = await sendRaw(endpoint(), {
        ...asked,
        path,
        headers: { authorization: undefined, ...headers },
      });
      const error = text.startsWith('{')
        ? (JSON.parse(text).error as { code: string; hint: string } | undefined)
        : undefined;
      return { status, headers: got, code: error?.code, hint: error?.hint };
    };
    const cookieOf = (answer: Awaited<ReturnType<typeof send>>) =>
      String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? '';
    /** Somebody with a token, and a browser of theirs. */
    const letIn = async (role: 'viewer' | 'admin' = 'viewer') => {
      const name = `contract-${randomUUID().slice(0, 8)}`;
      const person = `${name}@example.com`;
      const { token } = await owner.createToken({ name, person, role });
      const client = connect({ ...endpoint(), token });
      const { path } = await client.pageLink();
      return { name, person, client, cookie: cookieOf(await send(path)) };
    };

    it('is let in by a link once, within minutes', async () => {
      const { path, expires } = await owner.pageLink();
      expect(Date.parse(expires) - Date.now()).toBeLessThanOrEqual(5 * 60_000);
      // Who asks what it leads to uses nothing up.
      const looked = await send(path, {}, { method: 'HEAD' });
      expect(looked.status).toBe(200);
      expect(looked.headers['set-cookie']).toBeUndefined();
      // A name that was made to lead here (DNS rebinding).
      expect(await send(path, { host: 'evil.example' })).toMatchObject({ status: 421, code: 'host-refused' });
      // What other ports of this machine have in their pages, and what a browser fetches ahead.
      for (const headers of [
        ...['image', 'empty', 'iframe', 'script'].map((dest) => ({ 'sec-fetch-dest': dest })),
        ...['sec-purpose', 'purpose'].map((name) => ({ 'sec-fetch-dest': 'document', [name]: 'prefetch' })),
      ]) {
        const refused = await send(path, headers);
        expect(refused).toMatchObject({ status: 403, code: 'origin-refused' });
        expect(refused.headers['set-cookie']).toBeUndefined();
      }
      const entered = await send(path, { 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' });
      expect(entered).toMatchObject({ status: 303, headers: { location: '/' } });
      const [cookie = '', ...attributes] = String(entered.headers['set-cookie']?.[0]).split('; ');
      expect(cookie).toMatch(/^soundbite-page-[0-9a-f]{8}=[\w-]+\.[\w-]+$/);
      expect(attributes.toSorted()).toEqual(['HttpOnly', `Max-Age=${7 * 86_400}`, 'Path=/', 'SameSite=Strict']);
      for (const [again, status] of [
        [path, 410],
        [`${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`, 404],
      ] as const) {
        const refused = await send(again);
        expect(refused.status).toBe(status);
        expect(refused.headers['set-cookie']).toBeUndefined();
      }
    });

    it('two that follow one link at once are not both let in', async () => {
      const { path } = await owner.pageLink();
      const all = await Promise.all([1, 2, 3].map(() => send(path)));
      expect(all.map(({ status }) => status).toSorted()).toEqual([303, 410, 410]);
    });

    it('asks as the person whose link it was, until the token is revoked; a later one of the same name is another', async () => {
      const { name, person, client, cookie } = await letIn();
      const { path: unused } = await client.pageLink();
      expect(await send('/v1/environments', { cookie, 'sec-fetch-site': 'same-origin' })).toMatchObject({
        status: 200,
      });
      await expect
        .poll(async () => (await owner.accesses({ actor: person })).accesses.map(({ operation }) => operation), {
          timeout: 10_000,
        })
        .toEqual(expect.arrayContaining(['openPage', 'listEnvironments']));
      await owner.revokeToken(name);
      expect(await send('/v1/environments', { cookie })).toMatchObject({ status: 401, code: 'unauthorized' });
      const ended = await send('/v1/environments', { cookie, 'sec-fetch-site': 'same-origin' });
      expect(ended).toMatchObject({ status: 401, hint: 'run soundbite open, and follow its link' });
      expect((await send(unused)).status).toBe(410);
      await owner.createToken({ name, person, role: 'admin' });
      expect((await send('/v1/environments', { cookie })).status).toBe(401);
      await owner.revokeToken(name);
    });

    it('of a viewer changes nothing', async () => {
      const { cookie } = await letIn();
      expect(await send('/v1/tokens/nosuch', { cookie, origin: own() }, { method: 'DELETE' })).toMatchObject({
        status: 403,
        code: 'forbidden',
      });
    });

    it('makes no link and no token, whoever it is: nothing that it makes lets in longer than it', async () => {
      const { person, cookie } = await letIn('admin');
      const name = `contract-${randomUUID().slice(0, 8)}`;
      const token = JSON.stringify({ name, role: 'viewer' });
      for (const [path, body] of [
        ['/v1/page/link', undefined],
        ['/v1/tokens', token],
      ] as const)
        expect(
          await send(path, { cookie, origin: own() }, { method: 'POST', ...(body ? { body } : {}) }),
        ).toMatchObject({
          ...{ status: 403, code: 'forbidden' },
        });
      expect((await owner.tokens()).tokens.map((one) => one.name)).not.toContain(name);
      const refused = async () => (await owner.accesses({ actor: person, refused: true })).accesses;
      await expect
        .poll(async () => (await refused()).map(({ operation }) => operation).toSorted(), { timeout: 10_000 })
        .toEqual(['createPageLink', 'createToken']);
    });

    it('whose cookie was altered, or is another’s, is nobody', async () => {
      const { cookie } = await letIn();
      for (const wrong of [`${cookie}x`, cookie.replace(/=.*/, '='), cookie.replace(/=/, 'x='), 'soundbite-page=1'])
        expect((await send('/v1/status', { cookie: wrong })).status).toBe(401);
      // A token counts for itself.
      expect((await send('/v1/status', { cookie, authorization: 'Bearer guess' })).status).toBe(401);
    });

    it('changes something from the control plane’s own page alone, which says so', async () => {
      const { cookie } = await letIn('admin');
      // There is none: who may ask for the change hears that.
      const change = (headers: Headers) => send('/v1/tokens/nosuch', { cookie, ...headers }, { method: 'DELETE' });
      const heard = { status: 404, code: 'token-unknown' };
      const refused = { status: 403, code: 'origin-refused' };
      expect(await change({})).toMatchObject(refused);
      expect(await change({ origin: 'http://evil.example' })).toMatchObject(refused);
      expect(await change({ origin: 'null' })).toMatchObject(refused);
      // Another port of this machine is of the same site: its requests bring the cookie.
      expect(await change({ origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' })).toMatchObject(refused);
      expect(await change({ origin: own(), 'sec-fetch-site': 'cross-site' })).toMatchObject(refused);
      expect(await change({ origin: own(), 'sec-fetch-site': 'none' })).toMatchObject(refused);
      expect(await change({ origin: own() })).toMatchObject(heard);
      expect(await change({ origin: own(), 'sec-fetch-site': 'same-origin' })).toMatchObject(heard);
      for (const site of ['same-site', 'cross-site'])
        expect(await send('/v1/environments', { cookie, 'sec-fetch-site': site })).toMatchObject(refused);
      expect((await send('/v1/environments', { cookie, 'sec-fetch-site': 'none' })).status).toBe(200);
    });

    it('runs, frames, guesses and keeps nothing of what it gets', async () => {
      for (const path of ['/health', '/v1/status', '/enter/nosuch', '/nosuch']) {
        const { headers } = await send(path);
        expect(headers['content-security-policy']).toMatch(/^default-src 'none';.* frame-ancestors 'none'/);
        expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
        expect(headers['referrer-policy']).toBe('same-origin');
        expect(headers['access-control-allow-origin']).toBeUndefined();
      }
    });
  });
}
