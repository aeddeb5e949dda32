import type { CommitsLive, OverviewPlace, StatusEnvironment } from '@soundbite/client';
import type { StateTone } from '../../parts/state-mark.tsx';
import { counted } from '../../parts/text.ts';

/** How an environment is, in one word. */
export interface SeenAs {
  readonly tone: StateTone;
  readonly word: string;
}

/** What answers there, as it was last looked at; absent: nobody has looked yet, or it cannot be looked at. In the past nobody can. */
export function seenAs(
  { holder }: OverviewPlace,
  seen: Pick<StatusEnvironment, 'state'> | undefined,
  isPast = false,
): SeenAs {
  if (holder !== null) return { tone: 'busy', word: 'in dev' };
  if (isPast) return { tone: 'unknown', word: 'not on record' };
  return seen ? { tone: seen.state, word: seen.state } : { tone: 'unknown', word: 'unknown' };
}

type Running = NonNullable<OverviewPlace['running']>;

/** How far a promotion is. */
export interface StepProgress {
  readonly done: number;
  readonly of: number;
  /** The step that runs; null: between two. */
  readonly step: string | null;
  /** What that step usually takes there, in s; null: it never succeeded there. */
  readonly usualSeconds: number | null;
  /** When it began (ISO 8601): after all that ended before it. Null: it has not. */
  readonly since: string | null;
}

/** Steps run one after another, so the sum of those that ended tells when the present one began. */
export function progressOf({ steps, planned, beganAt }: Running): StepProgress {
  const current = steps.find(({ state }) => state === 'running');
  const ended = steps.filter(({ state }) => state !== 'running');
  const seconds = ended.reduce((sum, step) => sum + (step.seconds ?? 0), 0);
  return {
    done: ended.length,
    of: Math.max(planned.length, steps.length),
    step: current?.name ?? null,
    usualSeconds: planned.find(({ name }) => name === current?.name)?.usualSeconds ?? null,
    since: beganAt === null ? null : new Date(Date.parse(beganAt) + seconds * 1000).toISOString(),
  };
}

/** Whether an environment has to do with what somebody types: a commit, a release, a person, a word; `live`: commits of that text, and where they are. Nothing typed means none in particular. */
export function isMeant(place: OverviewPlace, text: string, live?: Pick<CommitsLive, 'commits'>): boolean {
  if (text !== '' && live?.commits.some(({ environments }) => environments.includes(place.environment))) return true;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const said = textsOf(place).map((one) => one.toLowerCase());
  return words.every((word) => said.some((one) => one.includes(word)));
}

/** In how many environments it is, by which commit or how many, and of which ones nobody can say. */
export function meantText(count: number, live?: CommitsLive): string {
  const [first, second] = live?.commits ?? [];
  const by = first && (second ? `${live?.isMore ? 'more than ' : ''}${live?.commits.length} commits` : first.subject);
  const unread = live?.unread.length ? `the history of ${live.unread.join(', ')} is not here` : '';
  return [`in ${count}`, by ?? '', unread].filter(Boolean).join('; ');
}

/** How far its commit is from that of the environment before, whose name follows; `behind` and `ahead` in commits. */
export function apartText(behind: number, ahead: number | null): string {
  const apart = [
    ...(behind === 0 ? [] : [`${counted(behind, 'commit')} behind`]),
    ...(ahead ? [`${counted(ahead, 'commit')} ahead of`] : []),
  ];
  return apart.length === 0 ? 'at the commit of' : apart.join(', ');
}

const textsOfCut = (cut: OverviewPlace['cut'] | undefined) => [cut?.commit, cut?.subject, cut?.author];

const textsOf = ({ environment, why, cut, running, failed }: OverviewPlace): string[] =>
  [
    ...[environment, why.release, why.by?.actor, why.by?.reason],
    ...[running, failed].flatMap((view) => [view?.release, view?.actor, view?.reason, view?.asked.reason]),
    ...why.waits.flatMap((one) => [one.release, one.by, one.reason, one.askedReason]),
    ...[cut, running?.cut, failed?.cut, ...why.waits.map((one) => one.cut)].flatMap(textsOfCut),
  ].filter((one) => typeof one === 'string');
