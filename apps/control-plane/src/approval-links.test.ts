import type { RevisedView } from '@soundbite/engine';
import { type Actor, digestOf, type Environment, ownerActor, type TokenView } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { actorByLink, createApprovalLink, decideByLink, type LinkWorld, linkPath, showLink } from './approval-links.ts';

const release = digestOf('one');
const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
const token = (name: string, more: Partial<TokenView> = {}): TokenView => ({
  ...{ name, person: `${name}@example.com`, role: 'approver', environments: [], by: 'local' },
  ...{ created: hours(-1), expires: hours(100), revoked: null, used: null },
  ...more,
});
const actor = (name: string, more: Partial<Actor> = {}): Actor => ({
  ...{ name: `${name}@example.com`, person: `${name}@example.com`, token: name, role: 'approver', environments: [] },
  ...more,
});

/** A promotion that waits for people, asked for by ana, and the tokens that there are. */
function stage({ tokens = [token('bob')], options = {} } = {}) {
  const gates = [{ gate: 'approval', options }];
  const environment = { name: 'live', cloud: { kind: 'emulated' }, gates } as unknown as Environment;
  const usual = { promotion: 'p-1', environment: 'live', state: 'waiting', admission: null, release };
  const view = { ...usual, actor: 'ana@example.com' } as unknown as RevisedView;
  const said: { link?: string; person: string; token: string | null; role: string }[] = [];
  const records = {
    approve: async (word: (typeof said)[number]) => said.push(word) > 0,
    isLinkUsed: async (link: string) => said.some((word) => word.link === link),
    tokens: async () => tokens,
    hasAdmin: async () => true,
  };
  const declaration = () => ({ environments: [environment], digest: digestOf('x') });
  const world = { engine: { view: async () => view, records }, declaration, linkSecret: 's' } as unknown as LinkWorld;
  const linkFor = async (by: Actor, person?: string) =>
    (await createApprovalLink(world, 'p-1', person === undefined ? {} : { person }, by)).path.slice(
      linkPath.length + 1,
    );
  return { world, said, tokens, linkFor };
}

describe('a link', () => {
  it('is one’s own word, given once, for the release that it was made for', async () => {
    const { world, said, linkFor } = stage();
    const link = await linkFor(actor('bob'));
    expect(await showLink(world, link)).toMatchObject({ over: null, claim: { person: 'bob@example.com', release } });
    expect(said).toEqual([]);
    await decideByLink(world, await actorByLink(world, link), { verdict: 'yes' });
    expect(said).toMatchObject([
      { person: 'bob@example.com', token: 'bob', role: 'approver', link: expect.any(String) },
    ]);
    expect(await showLink(world, link)).toMatchObject({ over: 'this link has been used' });
  });

  it('for somebody else is an admin’s to make, and counts by a token of that person', async () => {
    const { world, said, linkFor } = stage();
    const link = await linkFor(ownerActor('admin'), 'bob@example.com');
    await decideByLink(world, await actorByLink(world, link), { verdict: 'no', reason: 'not today' });
    expect(said).toMatchObject([{ person: 'bob@example.com', token: 'bob', verdict: 'no', reason: 'not today' }]);
  });

  it.each([
    ['for somebody else by an approver', actor('bob'), 'eve@example.com', 'forbidden'],
    [
      'for somebody else by an admin of another environment',
      actor('bob', { role: 'admin', environments: ['x'] }),
      'eve@example.com',
      'forbidden',
    ],
    ['for a program', actor('ci', { person: null }), undefined, 'forbidden'],
    ['for who asked for it', actor('ana'), undefined, 'forbidden'],
    ['for who asked for it, by an admin', ownerActor('admin'), 'ana@example.com', 'forbidden'],
    ['for somebody without a token', ownerActor('admin'), 'eve@example.com', 'usage'],
  ] as const)('%s is not made', async (_, by, person, code) => {
    await expect(stage().linkFor(by, person)).rejects.toMatchObject({ code });
  });

  it.each([
    ['was revoked', { revoked: hours(0) }],
    ['has expired', { expires: hours(-0.1) }],
    ['was made later, under the same name', { created: hours(1) }],
  ])('counts no more when its token %s', async (_, change) => {
    const { world, tokens, linkFor } = stage();
    const link = await linkFor(actor('bob'));
    tokens.splice(0, 1, token('bob', change));
    await expect(actorByLink(world, link)).rejects.toMatchObject({ code: 'link-over' });
  });

  it('of another home is none', async () => {
    const link = await stage().linkFor(actor('bob'));
    const other = { ...stage().world, linkSecret: 'other' };
    await expect(showLink(other, link)).rejects.toMatchObject({ code: 'link-invalid' });
    await expect(actorByLink(other, link)).rejects.toMatchObject({ code: 'link-invalid' });
  });
});
