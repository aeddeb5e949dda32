import { randomBytes, randomUUID } from 'node:crypto';
import type { Digest } from '@soundbite/model';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, connect } from '../client.ts';
import type { PromotionView } from '../schemas.ts';
import type { Endpoint } from '../transport.ts';
import { sendRaw } from './contract-cases.ts';

type Order = Partial<Parameters<Client['createToken']>[0]>;

const uniqueName = () => `contract-${randomUUID().slice(0, 8)}`;

/** A client with a token of its own. */
export async function clientOf(owner: Endpoint, order: Order): Promise<Client> {
  const { token } = await connect(owner).createToken({ name: uniqueName(), role: 'viewer', ...order });
  return connect({ ...owner, token });
}

interface PeopleStage {
  readonly endpoint: Endpoint;
  /** What is live in the first environments. */
  readonly live: Digest;
  /** Lets a promotion go on to its end. */
  ended(id: string): Promise<PromotionView>;
}

/** Tokens, and what may be asked for with them. */
export function peopleContract(stage: () => PeopleStage): void {
  const endpoint = () => stage().endpoint;
  describe('a token', () => {
    let owner: Client;
    let names: readonly string[];
    beforeAll(async () => {
      owner = connect(async () => endpoint());
      names = (await owner.environments()).environments.map(({ name }) => name);
    });
    const forbidden = { code: 'forbidden', source: 'user' };

    it('is printed once, kept by name, and over when it is revoked', async () => {
      const name = uniqueName();
      const order = { name, person: 'Bob@Example.com', role: 'viewer' as const, environments: [names[0] ?? ''] };
      const made = await owner.createToken({ ...order, days: 1 });
      const shown = { name, person: 'bob@example.com', role: 'viewer', environments: [names[0]] };
      expect(made).toEqual({ ...shown, token: expect.stringMatching(/^sbt_[\w-]{43}$/), expires: expect.any(String) });
      expect(Date.parse(made.expires) - Date.now()).toBeGreaterThan(86_000_000);
      await expect(owner.createToken(order)).rejects.toMatchObject({ code: 'token-exists', source: 'user' });
      const bob = connect({ ...endpoint(), token: made.token });
      expect(await bob.asker()).toEqual({ ...shown, name: 'bob@example.com' });
      expect(await owner.asker()).toEqual({ name: 'local', person: 'local', role: 'admin', environments: [] });
      expect((await bob.environments()).environments.length).toBe(names.length);
      const listed = (await owner.tokens()).tokens.find((one) => one.name === name);
      expect(listed).toMatchObject({ ...shown, by: 'local', revoked: null, expires: made.expires });
      expect(JSON.stringify(listed)).not.toContain(made.token);

      const revoked = await owner.revokeToken(name);
      expect(revoked).toMatchObject({ ...shown, revoked: expect.any(String) });
      expect(await owner.revokeToken(name)).toMatchObject({ revoked: revoked.revoked });
      await expect(bob.environments()).rejects.toMatchObject({ code: 'unauthorized' });
      await expect(owner.revokeToken(uniqueName())).rejects.toMatchObject({ code: 'token-unknown' });
      // Its name is free again.
      const again = await owner.createToken(order);
      const second = connect({ ...endpoint(), token: again.token });
      // Who meant the first one does not take back the second.
      const created = listed?.created ?? '';
      expect(await owner.revokeToken(name, { created })).toMatchObject({ created, revoked: revoked.revoked });
      expect(await second.asker()).toMatchObject({ role: shown.role });
      const never = owner.revokeToken(name, { created: '2020-01-02T03:04:05Z' });
      await expect(never).rejects.toMatchObject({ code: 'token-unknown' });
      await owner.revokeToken(name);
      await expect(second.asker()).rejects.toMatchObject({ code: 'unauthorized' });
    });

    it('is refused for an environment that is not declared, and for a role, a name or days that are none', async () => {
      const order = { name: uniqueName(), role: 'viewer' } as const;
      await expect(owner.createToken({ ...order, environments: ['nosuch'] })).rejects.toMatchObject({
        code: 'environment-unknown',
      });
      for (const wrong of [{ name: 'local' }, { role: 'root' }, { days: 0 }, { days: 1000 }, { person: 'bob' }])
        await expect(owner.createToken({ ...order, ...(wrong as Order) })).rejects.toMatchObject({ code: 'usage' });
    });

    it('of a viewer looks, and changes nothing', async () => {
      const viewer = await clientOf(endpoint(), { role: 'viewer' });
      const [environment = ''] = names;
      await viewer.status();
      await expect(viewer.promote({ environment, kind: 'rollback' })).rejects.toMatchObject(forbidden);
      await expect(viewer.cut()).rejects.toMatchObject(forbidden);
      await expect(viewer.createToken({ name: uniqueName(), role: 'admin' })).rejects.toMatchObject(forbidden);
      await expect(viewer.tokens()).rejects.toMatchObject(forbidden);
    });

    it('of a person breaks the glass, with a reason, and everybody sees it; a program’s does not', async () => {
      const environment = names.at(-1) ?? '';
      const asks = { environment, kind: 'promote', breakGlass: true, reason: 'an outage' } as const;
      const program = await clientOf(endpoint(), { role: 'deployer' });
      await expect(program.promote(asks)).rejects.toMatchObject(forbidden);
      const ana = await clientOf(endpoint(), { role: 'deployer', person: 'ana@example.com' });
      await expect(ana.promote({ ...asks, reason: ' ' })).rejects.toMatchObject({ code: 'override-without-reason' });
      await expect(ana.promote({ ...asks, kind: 'rollback' })).rejects.toMatchObject({ code: 'usage' });

      const { live, ended } = stage();
      const [first = ''] = names;
      const { promotion } = await ana.promote({ ...asks, environment: first, release: live });
      const done = await ended(promotion);
      expect(done).toMatchObject({ state: 'succeeded', asked: { breakGlass: true, override: false } });
      const about = { promotion, environment: first, release: live, reason: 'an outage', by: 'ana@example.com' };
      const glass = { ...about, at: done.createdAt, until: expect.stringMatching(/Z$/) };
      // Whoever only looks sees it wherever the environment is shown: the page asks for the overview.
      const viewer = await clientOf(endpoint(), { role: 'viewer' });
      const shown = [
        (await viewer.why(first)).glass,
        (await viewer.status([first])).environments[0]?.glass,
        (await viewer.overview()).environments.find((one) => one.environment === first)?.why?.glass,
      ];
      for (const [newest] of shown.map((all) => all ?? [])) expect(newest).toEqual(glass);
      expect(Date.parse(shown[0]?.[0]?.until ?? '') - Date.parse(done.createdAt)).toBe(86_400_000);
    });

    it('of a deployer of one environment goes no further, by no way', async () => {
      const [environment = '', next = ''] = names;
      const deployer = await clientOf(endpoint(), { role: 'deployer', environments: [environment] });
      await expect(deployer.promote({ environment: next, kind: 'promote' })).rejects.toMatchObject(forbidden);
      await expect(deployer.promote({ environment, kind: 'promote', through: next })).rejects.toMatchObject(forbidden);
      await expect(deployer.destroy(environment, environment)).rejects.toMatchObject(forbidden);
      await expect(deployer.startDev(next)).rejects.toMatchObject(forbidden);
      // A block is everywhere, and so is its end.
      const release = `sha256:${'0'.repeat(64)}`;
      await expect(deployer.block(release, 'mine')).rejects.toMatchObject(forbidden);
      await expect(deployer.unblock(release)).rejects.toMatchObject(forbidden);
      // What was changed in one environment the next one has to bear.
      const accepts = { reason: 'mine', taint: 'nosuch' };
      await expect(deployer.acceptTaints(environment, accepts)).rejects.toMatchObject(forbidden);
      const ofNext = await clientOf(endpoint(), { role: 'deployer', environments: [next] });
      await expect(ofNext.acceptTaints(environment, accepts)).rejects.toMatchObject({ code: 'taint-unknown' });
      const all = deployer.up({ promote: false })[Symbol.asyncIterator]();
      await expect(all.next()).rejects.toMatchObject(forbidden);
    });

    it('says who asks: no body does', async () => {
      const [environment] = names;
      const body = JSON.stringify({ environment, kind: 'rollback', actor: 'somebody@else.example' });
      const path = '/v1/promotions';
      const { status, text } = await sendRaw(endpoint(), { method: 'POST', path, body });
      expect({ status, code: JSON.parse(text).error.code }).toEqual({ status: 400, code: 'usage' });
    });

    it('is asked what it may before its body is read, and is on record once, however that is written', async () => {
      const person = `${uniqueName()}@example.com`;
      const order = { name: uniqueName(), person, role: 'viewer' } as const;
      const { token } = await owner.createToken(order);
      const [environment = ''] = names;
      const send = async (path: string, body: string | Uint8Array, more: { readonly [name: string]: string } = {}) =>
        JSON.parse((await sendRaw({ ...endpoint(), token }, { method: 'POST', path, body, headers: more })).text).error
          .code;
      expect(await send('/v1/tokens', '{"role":"root"}')).toBe('forbidden');
      expect(await send('/v1/promotions', '{"environment":')).toBe('forbidden');
      expect(await send('/v1/up', '{}', { 'content-type': 'text/plain' })).toBe('forbidden');
      expect(await send('/v1/releases/none/block', '{"reason":"x"}')).toBe('forbidden');
      expect(await send(`/v1/environments/${environment}/hold`, '[]')).toBe('forbidden');
      // Too large by what it says of itself, and never sent: whoever looks at the body first says that instead.
      const file = { 'content-type': 'application/octet-stream', 'content-length': '40000000' };
      const evidence = `/v1/releases/sha256:${'0'.repeat(64)}/evidence?kind=tests`;
      expect(await send(evidence, Buffer.alloc(1_000), file)).toBe('forbidden');
      await owner.revokeToken(order.name);
      const reads = await owner.createToken({ ...order, role: 'deployer', environments: [environment] });
      const asks = { method: 'POST', path: '/v1/promotions', body: '{"environment":' };
      expect((await sendRaw({ ...endpoint(), token: reads.token }, asks)).status).toBe(400);
      const recorded = async () =>
        (await owner.accesses({ actor: person })).accesses.map(
          ({ operation, places, allowed, times }) =>
            `${operation} ${places ?? ''} ${allowed ? 'allowed' : 'refused'} ${times}`,
        );
      await expect
        .poll(async () => (await recorded()).toSorted(), { timeout: 10_000 })
        .toEqual([
          'addEvidence  refused 1',
          'blockRelease  refused 1',
          'bringUp  refused 1',
          'createToken  refused 1',
          `holdEnvironment ${environment} refused 1`,
          'requestPromotion  allowed 1',
          'requestPromotion  refused 1',
        ]);
    });

    it('is on record with what was asked for by it, and what was refused', async () => {
      const person = `${uniqueName()}@example.com`;
      const viewer = await clientOf(endpoint(), { role: 'viewer', person });
      const [environment = '', elsewhere = ''] = names;
      await viewer.environments();
      await viewer.why(environment);
      const long = `${randomBytes(4_000).toString('hex')}-of-nowhere`;
      await expect(viewer.destroy(long, long)).rejects.toMatchObject(forbidden);
      await expect(viewer.destroy(names[0] ?? '', names[0] ?? '')).rejects.toMatchObject(forbidden);
      await expect
        .poll(async () => (await owner.accesses({ actor: person })).accesses, { timeout: 10_000 })
        .toHaveLength(4);
      const looked = { operation: 'explainEnvironment', action: 'look', places: environment, allowed: true };
      expect((await owner.accesses({ actor: person })).accesses).toContainEqual(expect.objectContaining(looked));
      const { accesses } = await owner.accesses({ actor: person, refused: true });
      const refused = { operation: 'destroyEnvironment', action: 'administer', allowed: false, times: 1 };
      // Of a name that none could have the beginning is enough; whole it would be too long for the record.
      const places = [environment, `${long.slice(0, 64)}…`];
      expect(accesses).toHaveLength(2);
      for (const place of places)
        expect(accesses).toContainEqual(expect.objectContaining({ ...refused, places: place }));
      // Where somebody looks is recorded; it is not asked whether their role holds there.
      const scoped = await clientOf(endpoint(), { role: 'deployer', environments: [environment] });
      expect(await scoped.why(elsewhere)).toMatchObject({ environment: elsewhere });
    });
  });
}
