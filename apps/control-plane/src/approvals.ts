import type { RevisedView } from '@soundbite/engine';
import {
  type Actor,
  type ApprovalRequest,
  approvalGate,
  type Digest,
  type Environment,
  gatesAt,
  isDecided,
  SoundBiteError,
  shortDigest,
} from '@soundbite/model';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** What of a world approvals need. */
type ApprovalWorld = Pick<World, 'declaration'> & {
  readonly engine: Pick<World['engine'], 'view'> & {
    readonly records: Pick<World['engine']['records'], 'approve' | 'hasSaid'>;
  };
};

/**
 * Says yes or no to a promotion that waits for it; the last word of a person counts, and the same one again after it was decided changes nothing. Errors: `promotion-unknown`, `nothing-to-approve`, `forbidden` to a
 * program, and to who asked for it where others must say yes.
 */
export async function decideOn(
  world: ApprovalWorld,
  id: string,
  order: ApprovalRequest,
  actor: Actor,
  link?: string,
): Promise<RevisedView> {
  // A link is used once.
  const again = () => (link === undefined ? saidAndDecided(world, id, order, actor) : null);
  const known = await again();
  if (known) return known;
  try {
    return await decide(world, id, order, actor, link);
  } catch (error) {
    // The first of two may let it in while the second is looked at.
    const since = error instanceof SoundBiteError && error.code === 'nothing-to-approve' ? await again() : null;
    if (since) return since;
    throw error;
  }
}

/** A promotion that is decided, and of which somebody has said just that; null: it is to be said. Whoever lost the answer and says it again is no other. */
async function saidAndDecided(
  { engine }: ApprovalWorld,
  id: string,
  { verdict, release }: ApprovalRequest,
  { person }: Actor,
): Promise<RevisedView | null> {
  const view = await engine.view(id);
  const isIt = isDecided(view) && (release === undefined || release === view.release);
  return isIt && person !== null && (await engine.records.hasSaid(id, person, verdict)) ? view : null;
}

async function decide(
  world: ApprovalWorld,
  id: string,
  { verdict, reason, release }: ApprovalRequest,
  { name, person, token, role }: Actor,
  link?: string,
): Promise<RevisedView> {
  const { engine } = world;
  const { view, self } = await approvable(world, id, release);
  if (person === null) throw refused(`${name} is a program; people say yes or no`, 'token create --person <e-mail>');
  if (verdict === 'yes' && !self && person === view.actor)
    throw refused(`${person} asked for it, and somebody else must say yes`, `history ${view.environment}`);
  const word = { promotion: id, person, token, role, verdict, reason: reason ?? null };
  if (!(await engine.records.approve({ ...word, ...(link === undefined ? {} : { link }) })))
    throw nothingToApprove(await engine.view(id));
  return engine.view(id);
}

/** A promotion that waits for people, and whether its asker may be one of them. Errors: `promotion-unknown`, `nothing-to-approve`, also where it brings another release. */
export async function approvable(
  { engine, declaration }: Pick<World, 'declaration'> & { readonly engine: Pick<World['engine'], 'view'> },
  id: string,
  release?: Digest,
): Promise<{ readonly view: RevisedView; readonly self: boolean }> {
  const view = await engine.view(id);
  const asks = approvalOf(environmentNamed(declaration(), view.environment));
  if (!asks || isDecided(view)) throw nothingToApprove(view);
  if (release !== undefined && release !== view.release)
    throw new SoundBiteError(
      'nothing-to-approve',
      `${id} brings ${shortDigest(view.release)}, not ${shortDigest(release)}`,
    );
  return { view, self: asks.self };
}

/** What an environment asks of people; undefined: nothing. */
function approvalOf(environment: Environment) {
  const asked = gatesAt(environment, 'entry').find(({ gate }) => gate === 'approval');
  return asked && approvalGate.options.parse(asked.options);
}

const refused = (message: string, hint: string) =>
  new SoundBiteError('forbidden', message, { hint: `soundbite ${hint}` });

const nothingToApprove = ({ promotion, state, environment, admission }: RevisedView) =>
  new SoundBiteError(
    'nothing-to-approve',
    `promotion ${promotion} into ${environment} ${admission === null ? `is ${state}` : 'has been let in'}, and waits for nobody’s yes`,
  );
