import {
  type Actor,
  type ApprovalLink,
  type ApprovalLinkRequest,
  type ApprovalRequest,
  type Approver,
  isAllowed,
  isDecided,
  linkLastsMs,
  SoundBiteError,
} from '@soundbite/model';
import type { PromotionView } from '../schemas.ts';
import type { fakeApprovals } from './fake-approvals.ts';
import type { Places } from './fake-places.ts';
import type { FakePromotions } from './fake-promotions.ts';

interface DecisionParts {
  readonly promotions: Pick<FakePromotions, 'view' | 'decideAgain'>;
  readonly places: Places;
  readonly approvals: ReturnType<typeof fakeApprovals>;
  /** Who may say something there. */
  approversIn(environment: string): readonly Approver[];
}

/** What people say of the fake's promotions, and links by which they would. */
export function fakeDecisions({ promotions, places, approvals, approversIn }: DecisionParts) {
  const approvable = (id: string) => {
    const view = promotions.view(id);
    const place = places.at(view.environment);
    const isAsked = approvals.of(view, place).length > 0;
    if (!isAsked || view.state !== 'waiting' || view.admission !== null)
      throw new SoundBiteError('nothing-to-approve', `promotion ${id} waits for nobody’s yes`);
    return { view, isOwnEnough: approvals.isOwnEnough(place) };
  };
  return {
    /** A link that leads nowhere: the fake has no pages. */
    link(id: string, { person }: ApprovalLinkRequest, actor: Actor): ApprovalLink {
      const { view, isOwnEnough } = approvable(id);
      const { environment, release } = view;
      const whose = person ?? actor.person;
      if (whose === null) throw new SoundBiteError('forbidden', `${actor.name} is a program`);
      const isOwn = whose === actor.person;
      if (!isOwn && !isAllowed(actor, 'administer', [environment]))
        throw new SoundBiteError('forbidden', `${actor.name} may not make links for others`);
      if (whose === view.actor && !isOwnEnough) throw new SoundBiteError('forbidden', `${whose} asked for it`);
      if (!isOwn && !approversIn(environment).some((one) => one.person === whose))
        throw new SoundBiteError('usage', `${whose} has no token by which they may decide in ${environment}`);
      const expires = new Date(Date.now() + linkLastsMs).toISOString();
      return { promotion: id, release, person: whose, path: `/approval/${id}.fake`, expires };
    },

    say(id: string, word: ApprovalRequest, actor: Actor): PromotionView {
      const known = promotions.view(id);
      const last = approvals.said(id).findLast(({ person }) => person === actor.person);
      const isSame = last?.verdict === word.verdict && [known.release, undefined].includes(word.release);
      if (isDecided(known) && isSame) return known;
      const { view, isOwnEnough } = approvable(id);
      if (word.release !== undefined && word.release !== view.release)
        throw new SoundBiteError('nothing-to-approve', `${id} brings another release`);
      if (actor.person === null) throw new SoundBiteError('forbidden', `${actor.name} is a program`);
      if (word.verdict === 'yes' && actor.person === view.actor && !isOwnEnough)
        throw new SoundBiteError('forbidden', `${actor.person} asked for it, and somebody else must say yes`);
      approvals.say(id, word, actor);
      promotions.decideAgain();
      return promotions.view(id);
    },
  };
}
