import type { Why } from '@soundbite/client';
import type { RevisedView } from '@soundbite/engine';
import type { Digest } from '@soundbite/model';
import { cutFrom } from './cut-from.ts';
import { evidenceBehind } from './evidence.ts';
import { type RecordsSeen, recordsNow } from './records-seen.ts';
import { environmentStanding } from './undeclared.ts';
import type { World } from './world/world.ts';

/**
 * Why what is live in an environment is live: since when, by whose decision, on which gates and evidence; and what waits for it. Of the records alone, as
 * they are or were: no account is asked, so it says what was decided, not what runs. Errors: `environment-unknown`.
 */
export async function why(
  world: Pick<World, 'declaration' | 'engine' | 'ownReleases' | 'config'>,
  name: string,
  records: RecordsSeen = recordsNow(world),
): Promise<Why> {
  await environmentStanding(world, name);
  const { liveRelease: release } = await records.environment(name);
  const [decision, acting, coming] = await Promise.all([
    release === null ? undecided : decisionOn(records, name, release),
    records.acting(name, release),
    records.coming(name),
  ]);
  const waits = await Promise.all(
    coming
      .filter((one) => !isUnderWayIn(name, one))
      .map(async (one) => ({ ...waitingFor(name, one), cut: await cutFrom(world, one.release) })),
  );
  return {
    environment: name,
    release,
    ...decision,
    underWay: underWayIn(name, coming),
    waits,
    freezes: [...acting.freezes],
    holds: [...acting.holds],
    blocked: acting.block?.blocked ? acting.block : null,
    glass: [...acting.glass],
    taints: [...acting.taints],
  };
}

type Decision = Pick<Why, 'since' | 'promotion' | 'by' | 'gates' | 'evidence'>;

const undecided: Decision = { since: null, promotion: null, by: null, gates: [], evidence: [] };

async function decisionOn(records: RecordsSeen, name: string, release: Digest): Promise<Decision> {
  const brought = await records.broughtBy(name, release);
  const [view, approvals, evidence] = await Promise.all([
    brought && records.view(brought.promotion),
    brought ? records.approvalsBehind(brought.promotion) : [],
    evidenceBehind(records, release, brought),
  ]);
  if (!brought || !view) return { ...undecided, evidence };
  const { actor, kind, asked, gates } = view;
  const { reason, override, breakGlass } = asked;
  const decided = { reason, override, breakGlass };
  return {
    since: brought.since,
    promotion: brought.promotion,
    by: { actor, kind, ...decided, follows: brought.follows, approvals },
    gates,
    evidence,
  };
}

const isUnderWayIn = (name: string, { environment, state }: RevisedView) => environment === name && state === 'running';

function underWayIn(name: string, coming: readonly RevisedView[]): Why['underWay'] {
  const view = coming.find((one) => isUnderWayIn(name, one));
  if (!view) return null;
  const { promotion: id, release, state, steps } = view;
  return { id, release, state, step: steps.findLast((step) => step.state === 'running')?.name ?? null };
}

/** What is on its way elsewhere has asked nothing of the gates here. */
function waitingFor(name: string, view: RevisedView): Omit<Why['waits'][number], 'cut'> {
  const { promotion, release, kind, actor: by, createdAt: since, environment, reason, waitsFor, admission } = view;
  const isHere = environment === name;
  const holdUp = ({ verdict, moment }: Why['gates'][number]) =>
    moment === 'entry' && (verdict === 'wait' || verdict === 'errored');
  return {
    ...{ promotion, release, kind, by, since, waitsFor },
    askedReason: view.asked.reason,
    comesFrom: isHere ? null : environment,
    reason: isHere ? reason : `comes after ${environment}, where it is ${view.state}${reason ? `: ${reason}` : ''}`,
    gates: isHere && admission === null ? view.gates.filter(holdUp) : [],
  };
}
