import { type Digest, firstBroken, isFinal } from '@soundbite/model';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Client, connect } from '../client.ts';
import { ErrorEnvelope, type LedgerEntry, type LedgerFound, type PromotionView } from '../schemas.ts';
import type { Endpoint } from '../transport.ts';
import { accountContract } from './contract-account.ts';
import { refusedRequests, sendRaw } from './contract-cases.ts';
import { commitsContract } from './contract-commits.ts';
import { decisionsContract } from './contract-decisions.ts';
import { demoContract } from './contract-demo.ts';
import { devContract } from './contract-dev.ts';
import { eventsContract } from './contract-events.ts';
import { evidenceContract } from './contract-evidence.ts';
import { pageContract } from './contract-page.ts';
import { pastContract } from './contract-past.ts';
import { clientOf, peopleContract } from './contract-people.ts';
import { trafficContract } from './contract-traffic.ts';
import { flowContract } from './flow-contract.ts';

/** A control plane whose first environments are healthy with one and the same release, and idle. It is left as it was. */
export interface ControlPlaneUnderTest {
  readonly endpoint: Endpoint;
  /** Lets a promotion go on to its end; of the real one there is nothing to do. */
  goOn(id: string): void;
}

const forward = ['verify', 'plan', 'infrastructure', 'publish', 'smoke', 'shift', 'finalise'] as const;
const keys = forward.map((name, index) => `0${index + 1}-${name}`);
const nowhere: Digest = `sha256:${'0'.repeat(64)}`;

/** What every control plane does, the real one and the fake: run over both, so that neither drifts. `subject` is asked before each behaviour. */
export function controlPlaneContract(subject: () => ControlPlaneUnderTest): void {
  let client: Client;
  /** A deployer of the first environment, by her own token. */
  let ana: Client;
  /** An environment of processes that takes any release, and the one behind it. */
  let first: string;
  let live: Digest;
  beforeAll(async () => {
    client = connect(async () => subject().endpoint);
    const [place] = (await client.environments()).environments;
    first = place?.name ?? '';
    live = place?.record.liveRelease ?? nowhere;
    ana = await clientOf(subject().endpoint, { person: 'ana@example.com', role: 'deployer', environments: [first] });
  });
  peopleContract(() => ({ endpoint: subject().endpoint, live, ended }));
  pageContract(() => subject().endpoint);

  const promote = (more: Partial<Parameters<Client['promote']>[0]> = {}, by = client) =>
    by.promote({
      environment: first,
      kind: 'promote',
      ...(more.kind === 'rollback' ? {} : { release: live }),
      ...more,
    });

  /** Every view of a promotion until its end. */
  async function views(id: string): Promise<PromotionView[]> {
    const seen: PromotionView[] = [];
    subject().goOn(id);
    for await (const view of client.watchPromotion(id)) seen.push(view);
    return seen;
  }
  const ended = async (id: string) => (await views(id)).at(-1) as PromotionView;
  async function until(id: string, isSo: (view: PromotionView) => boolean): Promise<PromotionView> {
    for await (const view of client.watchPromotion(id)) if (isSo(view)) return view;
    throw new Error(`${id} ended, and never was what is waited for`);
  }

  async function ledger(): Promise<LedgerEntry[]> {
    for (const all: LedgerEntry[] = []; ; ) {
      const { entries } = await client.ledger({ after: all.length, limit: 1000 });
      all.push(...entries);
      if (entries.length < 1000) return all;
    }
  }
  const ledgerOf = async (id: string) => (await ledger()).filter(({ subject: about }) => about === id);

  describe('a request', () => {
    it.each(refusedRequests)('of $what is refused with $status $code', async (bad) => {
      const { status, headers, text } = await sendRaw(subject().endpoint, bad);
      const envelope = ErrorEnvelope.parse(JSON.parse(text));
      expect({ status, code: envelope.error.code }).toEqual({ status: bad.status, code: bad.code });
      if (status === 405) expect(headers.allow).toBe('GET, HEAD');
      if (status === 401) expect(headers['www-authenticate']).toBe('Bearer');
    });
  });

  describe('a promotion', () => {
    it('waits, is admitted, planned, and does its steps; each is a fact in the ledger', async () => {
      const asked = await promote({ reason: 'once more' }, ana);
      expect(asked).toMatchObject({
        environment: first,
        state: 'waiting',
        reason: null,
        admission: null,
        steps: [],
        planned: [],
        finishedAt: null,
        actor: 'ana@example.com',
        asked: { reason: 'once more', override: false, breakGlass: false, allowRemovals: [], through: null },
        rest: [],
        next: null,
      });
      const seen = await views(asked.promotion);
      expect(seen.map(({ revision }) => revision)).toEqual(seen.map(({ revision }) => revision).toSorted(ascending));
      const end = seen.at(-1) as PromotionView;
      expect(end).toMatchObject({ state: 'succeeded', reason: null, release: asked.release, previous: live });
      expect(end.admission).toMatch(/\w/);
      expect(end.finishedAt).toMatch(/^\d{4}-/);
      expect(end.planned.map(({ name }) => name)).toEqual(forward);
      expect(end.steps.map(({ name, state, seconds }) => ({ name, state, seconds }))).toEqual(
        forward.map((name) => ({
          name,
          state: expect.stringMatching(/succeeded|skipped/),
          seconds: expect.any(Number),
        })),
      );

      const entries = await ledgerOf(asked.promotion);
      expect(entries.map(({ kind }) => kind)).toEqual([
        'promotion.requested',
        'promotion.admitted',
        'promotion.planned',
        ...forward.map(() => 'step.finished'),
        'promotion.finished',
      ]);
      const [requested, admitted, planned, verified] = entries.map(({ payload }) => payload);
      expect(requested).toMatchObject({
        kind: 'promote',
        actor: 'ana@example.com',
        release: asked.release,
        previous: live,
      });
      expect(admitted).toEqual({ note: end.admission });
      expect(planned).toEqual({ plan: expect.stringMatching(/^sha256:/), steps: keys });
      expect(verified).toMatchObject({
        step: 'verify',
        key: '01-verify',
        state: 'succeeded',
        detail: expect.any(String),
      });
      expect(entries.at(-1)?.payload).toEqual({ state: 'succeeded', reason: null });
      expect(firstBroken(await ledger())).toBeNull();
    });

    it('that the rules refuse is one that failed, without a step', async () => {
      const end = await ended((await promote({ override: true })).promotion);
      expect(end).toMatchObject({ state: 'failed', admission: null, steps: [], planned: [] });
      expect(end.reason).toBe('an override needs a reason; add --reason "why"');
      const entries = await ledgerOf(end.promotion);
      expect(entries.map(({ kind }) => kind)).toEqual(['promotion.requested', 'promotion.finished']);
      expect(entries[1]?.payload).toEqual({ state: 'failed', reason: end.reason });
      const [place] = (await client.overview()).environments;
      expect(place).toMatchObject({ environment: first, declared: true, behind: null, running: null });
      expect(place?.failed).toMatchObject({ promotion: end.promotion, reason: end.reason });
      expect(place?.why).toEqual(await client.why(first));
    });

    it('is one for one key; the same key for something else is refused', async () => {
      const idempotencyKey = `contract ${crypto.randomUUID()}`;
      const request = { override: true, idempotencyKey };
      const { promotion } = await promote(request);
      await ended(promotion);
      expect((await promote(request)).promotion).toBe(promotion);
      await expect(promote({ ...request, reason: 'other' })).rejects.toMatchObject({
        code: 'idempotency-mismatch',
        source: 'user',
        message: expect.stringContaining(promotion),
      });
      const raw = JSON.stringify({ environment: first, kind: 'rollback', idempotencyKey });
      expect(await sendRaw(subject().endpoint, { method: 'POST', path: '/v1/promotions', body: raw })).toMatchObject({
        status: 409,
      });
    });

    it.each(['promote', 'rollback'] as const)('of kind %s to an unknown release is refused at once', async (kind) => {
      await expect(promote({ kind, release: nowhere })).rejects.toMatchObject({ code: 'release-unknown' });
    });

    it('that has ended cannot be aborted', async () => {
      const { promotion } = await ended((await promote({ override: true })).promotion);
      await expect(client.abort(promotion)).rejects.toMatchObject({ code: 'promotion-over', source: 'user' });
    });

    it('is shown at once to whoever has seen less, and at the end of their patience to the others', async () => {
      const { promotion, revision } = await ended((await promote({ override: true })).promotion);
      const poll = async (seen: number, waitMs: number) => {
        const path = `/v1/promotions/${promotion}?seen=${seen}&waitMs=${waitMs}`;
        const since = performance.now();
        const { status, text } = await sendRaw(subject().endpoint, { path });
        return { status, revision: JSON.parse(text).revision, ms: performance.now() - since };
      };
      const atOnce = await poll(revision - 1, 60_000);
      expect(atOnce).toMatchObject({ status: 200, revision });
      const later = await poll(revision, 300);
      expect(later).toMatchObject({ status: 200, revision });
      expect(later.ms).toBeGreaterThanOrEqual(295);
    });
  });

  describe('a rollback', () => {
    it('stops what is under way; what was live is live again, and nothing more is to be done', async () => {
      const { promotion } = await promote();
      await until(promotion, ({ state }) => state === 'running');
      const back = await promote({ kind: 'rollback', reason: 'too loud' }, ana);
      expect(back).toMatchObject({ kind: 'rollback', release: live });
      const stopped = await until(promotion, ({ state }) => isFinal(state));
      const why = 'ana@example.com asked for a rollback: too loud';
      expect(stopped).toMatchObject({ state: 'aborted', reason: why });
      expect(stopped.planned.map(({ name }) => name)).toEqual(forward);
      expect(stopped.steps.length).toBeLessThan(forward.length);
      const done = await until(back.promotion, ({ state }) => isFinal(state));
      expect(done).toMatchObject({ state: 'succeeded', reason: null, release: live, steps: [], planned: [] });
      expect(Date.parse(done.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(stopped.finishedAt ?? ''));
      const { record, previousCut } = await client.environment(first);
      expect(record.liveRelease).toBe(live);
      expect(previousCut === null).toBe(record.previousRelease === null);

      const [asked] = await ledgerOf(back.promotion);
      expect(asked?.payload).toMatchObject({ kind: 'rollback', aborts: promotion });
      const stop = (await ledgerOf(promotion)).find(({ kind }) => kind === 'promotion.stop-asked');
      expect(stop?.payload).toEqual({ reason: why, by: 'ana@example.com' });
      const [{ holds = [] } = {}] = (await client.status([first])).environments;
      const held = { scope: 'automatic', until: null, reason: 'rolled back: too loud', by: 'ana@example.com' };
      const rolledBackAt = back.createdAt;
      expect(holds).toEqual([
        { id: expect.any(String), environment: first, ...held, rolledBackAt, since: expect.any(String) },
      ]);
      await expect(client.resume(first)).rejects.toMatchObject({ code: 'hold-of-others' });
      expect(await client.resume(first, holds[0]?.id)).toEqual({ holds: [] });
    });

    it('that names what is live while something is under way stops that, and has nothing more to do', async () => {
      const { promotion } = await promote();
      await until(promotion, ({ state }) => state === 'running');
      const back = await promote({ kind: 'rollback', release: live });
      const done = await until(back.promotion, ({ state }) => isFinal(state));
      expect(done).toMatchObject({ state: 'succeeded', release: live, steps: [], planned: [] });
      expect((await client.promotion(promotion)).state).toBe('aborted');
      await client.resume(first);
    });

    it('has nowhere to go where no other release was live', async (context) => {
      const { environments } = await client.environments();
      const place = environments.find(({ record }) => record.previousRelease === null);
      if (!place) return context.skip('every environment has a release before the live one');
      await expect(promote({ kind: 'rollback', environment: place.name })).rejects.toMatchObject({
        code: 'nothing-to-roll-back-to',
        source: 'user',
        hint: expect.stringContaining(`soundbite history ${place.name}`),
      });
    });
  });

  it('a release that is live somewhere is named there, and not removed', async () => {
    const { releases } = await client.releases();
    expect(releases.find(({ release }) => release === live)?.environments).toContain(first);
    await expect(client.remove(live)).rejects.toMatchObject({ code: 'release-in-use', source: 'user' });
  });

  it('of what a release is made its SBOM says', async () => {
    const { components, missing } = await client.components(live);
    expect(missing).toBeNull();
    expect(components?.map(({ name }) => name)).toEqual(
      components?.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b)),
    );
    expect(components?.[0]).toMatchObject({ version: expect.any(String), purl: expect.stringMatching(/^pkg:npm\//) });
    await expect(client.components(nowhere)).rejects.toMatchObject({ code: 'release-unknown' });
  });

  it('a matrix says what became of each release in each environment, page by page', async () => {
    const { promotion } = await ended((await promote()).promotion);
    const all = await client.matrix({ limit: 200 });
    expect([all.environments[0], all.more]).toEqual([first, false]);
    const row = all.releases.find(({ release }) => release === live);
    const cell = { environment: first, state: 'live', promotion, at: expect.stringMatching(/Z$/), reason: null };
    expect(row?.cells.find(({ environment }) => environment === first)).toEqual(cell);
    const liveIn = new Map((await client.overview()).environments.map((one) => [one.environment, one.why.release]));
    for (const { release, entries, live: where } of all.releases) {
      expect(where).toEqual(all.environments.filter((name) => liveIn.get(name) === release));
      for (const { environment } of entries) {
        const before = all.environments[all.environments.indexOf(environment) - 1];
        expect(liveIn.get(environment)).not.toBe(release);
        if (before !== undefined) expect(liveIn.get(before)).toBe(release);
      }
    }
    const { releases: newest, more } = await client.matrix({ limit: 1 });
    expect([newest.map(({ release }) => release), more]).toEqual([[all.releases[0]?.release], all.releases.length > 1]);
    const { releases: rest } = await client.matrix({ after: newest[0]?.release ?? '' });
    expect(rest.map(({ release }) => release)).toEqual(all.releases.slice(1).map(({ release }) => release));
    await expect(client.matrix({ after: nowhere })).rejects.toMatchObject({ code: 'release-unknown' });
    const own = { release: all.releases.at(-1)?.release ?? '' };
    expect(await client.matrix(own)).toEqual({ ...all, releases: all.releases.slice(-1), more: false });
    await expect(client.matrix({ release: nowhere })).rejects.toMatchObject({ code: 'release-unknown' });
  });

  accountContract(() => ({ client }));

  commitsContract(() => ({ client, environment: first }));

  trafficContract(() => ({ client, environment: first }));

  it('promotions are listed newest first, page by page; what comes meanwhile moves no page', async () => {
    for (let more = 0; more < 3; more++) await ended((await promote()).promotion);
    const whole = await client.promotions({ environment: first, limit: 500 });
    expect(whole.next).toBeNull();
    const newest = await client.promotions({ environment: first, limit: 1 });
    expect(newest.promotions).toEqual(whole.promotions.slice(0, 1));
    expect(newest.next).toBe(whole.promotions[0]?.promotion);
    await ended((await promote()).promotion);
    const before = newest.next ?? '';
    const second = await client.promotions({ environment: first, limit: 1, before });
    expect(second).toEqual({ promotions: whole.promotions.slice(1, 2), next: whole.promotions[1]?.promotion });
    const rest = await client.promotions({ environment: first, limit: 500, before });
    expect(rest).toEqual({ promotions: whole.promotions.slice(1), next: null });
    const last = whole.promotions.at(-1)?.promotion ?? '';
    expect(await client.promotions({ environment: first, before: last })).toEqual({ promotions: [], next: null });
    for (const wrong of ['nosuch', '', '2026-01-01T00:00:00Z'])
      await expect(client.promotions({ before: wrong }), wrong).rejects.toMatchObject({ code: 'usage' });
  });

  demoContract(() => ({ client, ana }));

  pastContract(() => ({ client, environment: first, promote, ended }));

  it('the ledger is read from its end, and searched; its chain is held against its hashes', async () => {
    const asked = { reason: `Ledger%_"${crypto.randomUUID()}` };
    const { promotion } = await ended((await promote(asked)).promotion);
    const { whole, broken, entries: length, head } = await client.ledgerChain();
    const all = await ledger();
    expect({ whole, broken, head }).toEqual({ whole: true, broken: null, head: all[length - 1]?.hash });
    const back: LedgerEntry[] = [];
    for (let before: number | null = length + 1; before !== null; ) {
      const page: LedgerFound = await client.ledgerNewest({ before, limit: 200 });
      back.push(...page.entries);
      before = page.next;
    }
    expect(back.toReversed()).toEqual(all.slice(0, length));
    const found = async (find: string) => (await client.ledgerNewest({ find })).entries.map(({ sequence }) => sequence);
    const own = all.filter(({ subject: about }) => about === promotion).map(({ sequence }) => sequence);
    expect(await found(promotion.toUpperCase())).toEqual(own.toReversed());
    const { entries } = await client.ledgerNewest({ subject: promotion });
    expect(entries.map(({ sequence }) => sequence)).toEqual(own.toReversed());
    const request = all.find(({ subject: about, kind }) => about === promotion && kind === 'promotion.requested');
    expect(await found(`${asked.reason.toLowerCase()}  requested`)).toEqual([request?.sequence]);
    expect(await found(`${asked.reason} nowhere`)).toEqual([]);
  });

  it('a plan names the steps of the promotion, with what each does', async () => {
    const plan = await client.plan(first, live);
    const found = { release: live, current: live, admission: { admitted: true }, declaredOtherwise: null };
    expect(plan).toMatchObject({ environment: first, ...found });
    expect((await client.status([first])).environments).toMatchObject([{ name: first, declaredOtherwise: null }]);
    expect(plan.steps.map(({ name }) => name)).toEqual(forward);
    for (const { does } of plan.steps) expect(does).toMatch(/^\w+ \w+/);
    await expect(client.plan(first, nowhere)).rejects.toMatchObject({ code: 'release-unknown' });
  });

  evidenceContract(() => ({ client, ana, live, ledgerOf }));

  decisionsContract(() => ({ endpoint: subject().endpoint, client, live, until, ended }));

  flowContract(() => ({ client, environment: first, live, promote, until, ended, ledger }));

  eventsContract(() => ({ endpoint: subject().endpoint, client, environment: first, live, promote, ended }));

  devContract(() => ({ client, environment: first, live, promote, until, ledger }));
}

const ascending = (one: number, other: number) => one - other;
