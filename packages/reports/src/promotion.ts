import { isFinal, type PromotionState, type PromotionView, type StepView } from '@soundbite/model/promotion.ts';
import { secondsBetween, spansOf } from '@soundbite/model/timeline/spans.ts';
import { clip, duration, instant, type Paint, plain, printable, short, type Tone, table } from './text.ts';

/** What `promote --json`, `deploy --json` and `rollback --json` print: the contract, and nothing beside it. */
export function promotionDocument(view: PromotionView) {
  const { promotion, environment, release, previous, state, reason, gates, waitingFor, steps } = view;
  return {
    promotion,
    environment,
    release,
    previous,
    state,
    reason,
    gates,
    ...(state === 'waiting' ? { waitingFor } : {}),
    steps: steps.map(({ name, state: stepState, seconds }) => ({ name, state: stepState, seconds })),
  };
}

export const stateTones: Readonly<Record<PromotionState, Tone>> = {
  waiting: 'warn',
  running: 'strong',
  succeeded: 'good',
  failed: 'bad',
  errored: 'bad',
  aborted: 'warn',
};

const direction = (view: PromotionView) => (view.kind === 'rollback' ? 'back to' : '←');

/** `production ← 0123456789ab (was fedcba987654)` */
export function promotionTitle(view: PromotionView): string {
  const was = view.previous ? `was ${short(view.previous)}` : 'was empty';
  return `${view.environment} ${direction(view)} ${short(view.release)} (${was})`;
}

/** The end of a promotion in one sentence, with its reason. */
export function promotionSummary(view: PromotionView, paint: Paint = plain): string {
  const state = paint(stateTones[view.state], view.state);
  const seconds = secondsBetween(view.createdAt, view.finishedAt);
  const took = seconds === null ? '' : ` in ${duration(seconds)}`;
  return `${promotionTitle(view)} ${state}${took}${view.reason ? `: ${printable(view.reason)}` : ''}`;
}

/** What changed between two looks, as plain lines: a step when it starts and when it ends, waiting, the end. */
export function promotionLines(before: PromotionView | null, after: PromotionView): string[] {
  const seen = new Map(before?.steps.map((step) => [step.name, step.state]));
  const where = after.environment;
  return [
    ...(before ? [] : [`${promotionTitle(after)}  ${after.promotion}${thenText(after)}`]),
    ...(noticeOf(after) && noticeOf(after) !== noticeOf(before) ? [`${where}  ${noticeOf(after)}`] : []),
    ...after.steps.filter((step) => seen.get(step.name) !== step.state).map((step) => `${where}  ${stepText(step)}`),
    ...(isFinal(after.state) ? [promotionSummary(after)] : []),
  ].map(printable);
}

/** `, then staging, production`: where a promotion that has not ended goes on to. */
export const thenText = ({ rest, state }: PromotionView): string =>
  rest.length > 0 && !isFinal(state) ? `, then ${rest.join(', ')}` : '';

/** What it waits for, or tries again; a promotion that was only just accepted waits for nobody. */
function noticeOf(view: PromotionView | null): string | null {
  if (!view?.reason || isFinal(view.state)) return null;
  return view.state === 'waiting' ? `waiting: ${view.reason}` : view.reason;
}

function stepText({ name, state, seconds, detail }: StepView): string {
  const took = seconds === null ? '' : ` ${duration(seconds)}`;
  return `${name} ${state}${took}${detail && state !== 'running' ? `: ${detail}` : ''}`;
}

/** Of a step, by its state. */
export const stepMarks: Readonly<Record<StepView['state'], readonly [string, Tone]>> = {
  running: ['●', 'strong'],
  succeeded: ['✓', 'good'],
  failed: ['✗', 'bad'],
  errored: ['✗', 'bad'],
  skipped: ['-', 'dim'],
};

/** What a terminal shows while a promotion runs; drawn again on each tick. `elapsed`: seconds since a step was first seen running. */
export function promotionFrame(
  view: PromotionView,
  elapsed: { readonly whole: number; readonly step: number },
  width: number,
  paint: Paint = plain,
): string[] {
  const head = isFinal(view.state)
    ? promotionSummary(view, paint)
    : `${paint('strong', promotionTitle(view))}  ${duration(elapsed.whole)}`;
  const notice = noticeOf(view);
  const waiting = notice ? [`  ● ${printable(notice)}`] : [];
  const steps = view.steps.map((step) => {
    const [mark, tone] = stepMarks[step.state];
    const seconds = step.seconds ?? (step.state === 'running' ? elapsed.step : null);
    const detail = step.detail && step.state !== 'running' ? `  ${printable(step.detail)}` : '';
    const took = seconds === null ? '' : duration(seconds);
    const usual = step.state === 'running' ? usualText(view, step.name) : '';
    const text = clip(`${step.name.padEnd(14)} ${took}${usual && ` of ${usual}`}${detail}`, width - 4);
    return `  ${paint(tone, mark)} ${text}`;
  });
  const toCome = stepsToCome(view).map(({ name }) =>
    paint('dim', `  ○ ${clip(`${name.padEnd(14)} ${usualText(view, name)}`.trimEnd(), width - 4)}`),
  );
  return [head, ...waiting, ...steps, ...toCome];
}

/** `about 4 s`; nothing where it is not known. */
function usualText({ planned }: PromotionView, name: string): string {
  const usual = planned.find((step) => step.name === name)?.usualSeconds ?? null;
  return usual === null ? '' : `about ${duration(usual)}`;
}

/** What is planned and not begun; nothing once it goes back or has ended. */
function stepsToCome({ planned, steps, state }: PromotionView): PromotionView['planned'] {
  if (isFinal(state) || steps.some(({ name }) => name === 'rollback')) return [];
  return planned.filter(({ name }) => steps.every((step) => step.name !== name));
}

/** Promotions, newest first, as `history` shows them. */
export function historyReport(promotions: readonly PromotionView[], paint: Paint = plain): string {
  if (promotions.length === 0) return 'nothing has been promoted yet';
  const some = promotions.some((view) => askedWith(view) !== '');
  const rows = promotions.map((view) => [
    instant(view.createdAt),
    placed(view),
    view.kind,
    short(view.release),
    short(view.previous),
    { text: view.state, tone: stateTones[view.state] },
    spanText(spansOf(view).waitedSeconds),
    spanText(spansOf(view).workedSeconds),
    view.actor,
    view.promotion,
    ...(some ? [askedWith(view)] : []),
    view.reason ?? '',
  ]);
  const header = [
    'at (UTC)',
    'environment',
    'kind',
    'release',
    'previous',
    'state',
    'waited',
    'worked',
    'by',
    'promotion',
  ];
  return table([...header, ...(some ? ['asked with'] : []), 'reason'], rows, paint);
}

/** Nothing of what has not begun or not ended. */
const spanText = (seconds: number | null): string => (seconds === null ? '-' : duration(seconds));

/** An environment of another home of that name is another one. */
const placed = ({ environment, home }: PromotionView): string =>
  home === undefined ? environment : `${environment} @${home.slice(0, 8)}`;

/** The options of the request, as they are typed. */
export function askedWith({ asked }: PromotionView): string {
  const { reason, override, breakGlass, fixForward, allowRemovals, through } = asked;
  return [
    ...(through === null ? [] : [`--through ${through}`]),
    ...(override ? ['--override'] : []),
    ...(breakGlass ? ['--break-glass'] : []),
    ...(fixForward === undefined ? [] : [`--fix-forward ${JSON.stringify(fixForward)}`]),
    ...(reason === null ? [] : [`--reason ${JSON.stringify(reason)}`]),
    ...allowRemovals.map((id) => `--allow-removal ${id}`),
  ].join(' ');
}
