import type { Access, Authority, Known } from '@soundbite/client/serving/authority.ts';
import { errorAnswer } from '@soundbite/client/serving/errors.ts';
import { closeAnswers } from '@soundbite/client/serving/guards.ts';
import { type Actor, digestOf, ownerActor, SoundBiteError } from '@soundbite/model';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { ControlPlane } from '../control-plane.ts';
import { serveApprovals } from './approval-page.ts';

const view = {
  ...{ promotion: 'p-1', environment: 'live', release: digestOf('x'), actor: 'ana', state: 'waiting' },
  ...{ createdAt: '2026-12-01T08:00:00Z', asked: { reason: '<script>alert(1)</script>' }, gates: [] },
};
const claim = { promotion: 'p-1', person: 'bob@example.com' };

/** The page of a link of bob's, named `good`; what was decided by it and what was recorded. */
function stage({ actor = ownerActor('admin') as Actor, over = null as string | null } = {}) {
  const decided: unknown[] = [];
  const accesses: Partial<Access>[] = [];
  const demand = (link: string) => {
    if (link !== 'good') throw new SoundBiteError('link-invalid', 'this link was altered');
  };
  const links = {
    async show(link: string) {
      demand(link);
      return { claim, view, over };
    },
    async actor(link: string) {
      demand(link);
      return { claim, actor };
    },
    async decide(_: unknown, word: unknown) {
      decided.push(word);
      return view;
    },
  } as unknown as ControlPlane['links'];
  const authority = {
    environmentOf: async () => 'live',
    record: async (access: Access) => void accesses.push(access),
  } as unknown as Authority;
  // As the real app closes its answers, and answers what nobody answered.
  const app = new Hono<Known>().onError(errorAnswer);
  app.use(closeAnswers);
  serveApprovals(app, { links }, authority);
  const get = (link: string) => app.request(`/approval/${link}`);
  const post = (link: string, form: Record<string, string>) =>
    app.request(`/approval/${link}`, { method: 'POST', body: new URLSearchParams(form) });
  const send = (link: string, body: string, type: string) =>
    app.request(`/approval/${link}`, { method: 'POST', body, headers: { 'content-type': type } });
  return { get, post, send, decided, accesses };
}

describe('the page of a link', () => {
  it('shows what it is about, decides nothing, and lets nothing run that somebody wrote', async () => {
    const { get, decided, accesses } = stage();
    const answer = await get('good');
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(text).toContain('go into live?');
    expect(text).toContain('&lt;script&gt;alert(1)');
    expect(text).not.toContain('<script');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(decided).toEqual([]);
    expect(accesses).toMatchObject([{ operation: 'getPromotion', action: 'look', places: ['live'], allowed: true }]);
  });

  it('takes a yes or a no with a reason, and records who', async () => {
    const { post, decided, accesses } = stage();
    const answer = await post('good', { verdict: 'no', reason: ' not on Friday ' });
    expect(await answer.text()).toContain('bob@example.com said no');
    expect(decided).toEqual([{ verdict: 'no', reason: 'not on Friday' }]);
    expect((await post('good', { verdict: 'yes', reason: ' ' })).status).toBe(200);
    expect(decided[1]).toEqual({ verdict: 'yes' });
    expect(accesses[0]).toMatchObject({ operation: 'decidePromotion', places: ['live'], allowed: true });
  });

  it('that has been used asks for nothing any more', async () => {
    const text = await (await stage({ over: 'this link has been used' }).get('good')).text();
    expect(text).toContain('this link has been used');
    expect(text).not.toContain('<form');
  });

  it.each([
    ['nothing', {}, 400],
    ['something else', { verdict: 'maybe' }, 400],
    ['too long a reason', { verdict: 'yes', reason: 'x'.repeat(1_001) }, 400],
    ['a form that is no such form', { verdict: 'yes', reason: 'x'.repeat(20_000) }, 413],
  ])('takes no %s', async (_, form, status) => {
    const { post, decided } = stage();
    expect((await post('good', form as Record<string, string>)).status).toBe(status);
    expect(decided).toEqual([]);
  });

  it('takes nothing that is no form', async () => {
    const { send, decided } = stage();
    for (const type of ['application/json', 'multipart/form-data; boundary=x', 'multipart/form-data'])
      expect((await send('good', 'verdict=yes', type)).status).toBe(400);
    expect(decided).toEqual([]);
  });

  it('of no link, and of somebody who may not any more, is refused, and that is recorded', async () => {
    const altered = stage();
    expect((await altered.get('bad')).status).toBe(404);
    expect((await altered.post('bad', { verdict: 'yes' })).status).toBe(404);
    expect(altered.accesses).toMatchObject([
      { actor: null, action: 'look', allowed: false },
      { actor: null, action: 'decide', allowed: false },
    ]);
    const viewer = stage({ actor: ownerActor('viewer') });
    expect((await viewer.post('good', { verdict: 'yes' })).status).toBe(403);
    expect(viewer.accesses).toMatchObject([{ allowed: false, places: ['live'] }]);
    expect([altered.decided, viewer.decided]).toEqual([[], []]);
  });
});
