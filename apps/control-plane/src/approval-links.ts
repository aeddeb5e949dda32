import { randomUUID } from 'node:crypto';
import type { RevisedView } from '@soundbite/engine';
import {
  type Actor,
  type ApprovalLink,
  type ApprovalLinkRequest,
  type ApprovalRequest,
  actorOf,
  forbiddenWords,
  isAllowed,
  isInForce,
  type LinkClaim,
  linkLastsMs,
  ownerActor,
  ownerRole,
  readLink,
  SoundBiteError,
  signedLink,
} from '@soundbite/model';
import { approvable, decideOn } from './approvals.ts';
import type { World } from './world/world.ts';

/** What of a world links need. */
export type LinkWorld = Pick<World, 'declaration' | 'linkSecret'> & {
  readonly engine: Pick<World['engine'], 'view'> & {
    readonly records: Pick<World['engine']['records'], 'approve' | 'hasAdmin' | 'hasSaid' | 'isLinkUsed' | 'tokens'>;
  };
};

/** Where links lead, on the control plane. */
export const linkPath = '/approval';

/**
 * A link by which a person decides a promotion that waits for people, once, within a day. One for another person is an admin's to make: whoever has it may say
 * yes. Errors: `promotion-unknown`, `nothing-to-approve`, `forbidden`, `usage` where the person has no token that lets them decide there.
 */
export async function createApprovalLink(
  world: LinkWorld,
  id: string,
  request: ApprovalLinkRequest,
  actor: Actor,
  now = Date.now(),
): Promise<ApprovalLink> {
  const { view, self } = await approvable(world, id);
  const { environment, release } = view;
  const person = request.person ?? actor.person;
  if (person === null) throw refused(`${actor.name} is a program; people say yes or no`);
  if (person !== actor.person && !isAllowed(actor, 'administer', [environment]))
    throw refused(`${forbiddenWords(actor, 'administer', [environment])}, and make links for others`);
  if (person === view.actor && !self) throw refused(`${person} asked for it, and somebody else must say yes`);
  const by = person === actor.person ? actor : await approverOf(world, person, environment, now);
  const claim = { id: randomUUID(), promotion: id, release, person, token: by.token };
  const expires = now + linkLastsMs;
  const link = signedLink({ ...claim, issued: now, expires }, world.linkSecret);
  return { promotion: id, release, person, path: `${linkPath}/${link}`, expires: new Date(expires).toISOString() };
}

/** Who has a token by which they decide there. */
async function approverOf({ engine }: LinkWorld, person: string, environment: string, now: number): Promise<Actor> {
  const tokens = (await engine.records.tokens()).filter((token) => token.person === person && isInForce(token, now));
  const found = tokens.map(actorOf).find((actor) => isAllowed(actor, 'decide', [environment]));
  if (found) return found;
  throw new SoundBiteError('usage', `${person} has no token by which they may decide in ${environment}`, {
    hint: `soundbite token create <name> --person ${person} --role approver --environment ${environment}`,
  });
}

/** A link as it stands: what it is about, and why it cannot be used any more; null: it can. */
export interface ShownLink {
  readonly claim: LinkClaim;
  readonly view: RevisedView;
  readonly over: string | null;
}

/** Changes nothing: whoever reads mail before its reader does follows links. Errors: `link-invalid`, `link-over`, `promotion-unknown`. */
export async function showLink(world: LinkWorld, link: string): Promise<ShownLink> {
  const claim = readLink(link, world.linkSecret, Date.now());
  const view = await world.engine.view(claim.promotion);
  if (await world.engine.records.isLinkUsed(claim.id)) return { claim, view, over: 'this link has been used' };
  const over = await approvable(world, claim.promotion, claim.release).then(
    () => null,
    (error: Error) => error.message,
  );
  return { claim, view, over };
}

/** Whose word a link is, as long as the token stands by which it was made. Errors: `link-invalid`, `link-over`. */
export async function actorByLink(
  world: LinkWorld,
  link: string,
): Promise<{ readonly claim: LinkClaim; readonly actor: Actor }> {
  const now = Date.now();
  const claim = readLink(link, world.linkSecret, now);
  const { records } = world.engine;
  if (claim.token === null)
    return { claim, actor: ownerActor(ownerRole(world.declaration().environments, await records.hasAdmin())) };
  // A later token of the same name is another one.
  const token = (await records.tokens()).find(
    (one) => one.name === claim.token && isInForce(one, now) && Date.parse(one.created) <= claim.issued,
  );
  if (token) return { claim, actor: actorOf(token) };
  throw new SoundBiteError('link-over', `the token is over by which ${claim.person} would say it`);
}

/** Says it, once. Errors: `link-over`, those of `decideOn`. */
export const decideByLink = (
  world: LinkWorld,
  { claim, actor }: { readonly claim: LinkClaim; readonly actor: Actor },
  word: Pick<ApprovalRequest, 'verdict' | 'reason'>,
): Promise<RevisedView> => decideOn(world, claim.promotion, { ...word, release: claim.release }, actor, claim.id);

const refused = (message: string) =>
  new SoundBiteError('forbidden', message, { hint: 'ask an admin: soundbite token list' });
