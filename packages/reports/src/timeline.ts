import type { PromotionView } from '@soundbite/model/promotion.ts';
import type { TimelineEntry } from '@soundbite/model/timeline/entry.ts';
import { secondsBetween, spansOf } from '@soundbite/model/timeline/spans.ts';
import { gateLine, section } from './plan.ts';
import { askedWith, promotionSummary, stateTones, stepMarks, thenText } from './promotion.ts';
import { count, duration, instant, type Paint, plain, printable, type Tone } from './text.ts';
import { type EvidenceShown, evidenceLine } from './why.ts';

/** What the report shows of `history <promotion> --json`. */
interface TimelineShown extends PromotionView {
  readonly role: string | null;
  readonly follows: string | null;
  readonly aborts: string | null;
  readonly entries: readonly TimelineEntry[];
  readonly evidence: readonly EvidenceShown[];
}

/** What happened to a promotion, a line for each thing; what has not ended has the seconds until `now` (ms since 1970). */
export function timelineReport(timeline: TimelineShown, now: number, paint: Paint = plain): string {
  const rows = timeline.entries.map((entry) => ({ entry, took: tookOf(timeline, entry, now) }));
  const width = Math.max('took'.length, ...rows.map(({ took }) => took.length));
  const indent = ' '.repeat(unknownTime.length + width + 4);
  return [
    promotionSummary(timeline, paint),
    askedLine(timeline),
    spansLine(timeline, now),
    paint('dim', `${'at (UTC)'.padEnd(unknownTime.length)}  ${'took'.padStart(width)}`),
    ...rows.flatMap(({ entry, took }) => {
      const time = entry.at === null ? unknownTime : instant(entry.at);
      const line = `${time}  ${took.padStart(width)}  ${entryText(timeline, entry, paint)}`.trimEnd();
      return [
        waits.has(entry.what) ? paint('dim', line) : line,
        ...gatesBelow(entry, paint).map((one) => indent + one),
        ...failuresBelow(entry, paint).map((one) => indent + one),
      ];
    }),
    section(
      'evidence',
      timeline.evidence.map((one) =>
        evidenceLine(one, paint, timeline.admission !== null || timeline.beganAt !== null),
      ),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** As wide as an instant. */
const unknownTime = 'not on record      ';

const waits: ReadonlySet<TimelineEntry['what']> = new Set(['wait', 'turn']);
const lasts: ReadonlySet<TimelineEntry['what']> = new Set([...waits, 'step']);

/** Nothing of what takes no time, or of what never ended though the promotion did. */
function tookOf({ finishedAt }: TimelineShown, { what, at, seconds }: TimelineEntry, now: number): string {
  if (!lasts.has(what)) return '';
  const elapsed = seconds ?? (finishedAt === null ? soFar(at, now) : null);
  return elapsed === null ? '-' : duration(elapsed);
}

const soFar = (at: string | null, now: number): number | null => secondsBetween(at, new Date(now).toISOString());

function askedLine(timeline: TimelineShown): string {
  const { promotion, actor, role, follows, aborts, next } = timeline;
  const options = askedWith(timeline);
  const links = [
    ...(follows === null ? [] : [`after promotion ${follows}`]),
    ...(aborts === null ? [] : [`it stops promotion ${aborts}`]),
    ...(next === null ? [] : [`promotion ${next} followed`]),
  ];
  const by = `promotion ${promotion}, asked for by ${printable(actor)}${role === null ? '' : ` (${role})`}`;
  const details = [...(options === '' ? [] : [printable(options)]), ...links];
  return `${by}${thenText(timeline)}${details.length === 0 ? '' : `: ${details.join('; ')}`}`;
}

function spansLine(timeline: TimelineShown, now: number): string {
  const { waitedSeconds, workedSeconds } = spansOf(timeline);
  const { createdAt, beganAt, finishedAt } = timeline;
  if (waitedSeconds === null) return `waits for ${duration(soFar(createdAt, now) ?? 0)}`;
  const waited = `waited ${duration(waitedSeconds)}`;
  if (beganAt === null) return `${waited}, took no step`;
  const worked = workedSeconds ?? soFar(beganAt, now) ?? 0;
  return `${waited}, ${finishedAt === null ? 'works for' : 'worked'} ${duration(worked)}`;
}

const because = (reason: string | null): string => (reason === null || reason === '' ? '' : `: ${printable(reason)}`);

const byText = (by: string | null): string => (by === null ? '' : ` by ${printable(by)}`);

/** Of what has not ended it speaks as of now. */
function entryText(timeline: TimelineShown, entry: TimelineEntry, paint: Paint): string {
  const { what, by, reason, seconds } = entry;
  const waited = seconds === null && timeline.finishedAt === null ? 'waits' : 'waited';
  const texts: Readonly<Record<TimelineEntry['what'], () => string>> = {
    asked: () => `asked for by ${printable(by ?? '')}${because(reason)}`,
    word: () => wordText(entry, paint),
    wait: () => `${waited}${waitText(entry)}`,
    admitted: () => `${paint('good', 'let in')}${because(reason)}`,
    turn: () => `${waited} for its turn${because(reason)}`,
    step: () => stepLine(entry, paint),
    'stop-asked': () => `${paint('warn', 'asked to stop')}${byText(by)}${because(reason)}`,
    broken: () => `${paint('bad', 'broken off')}${because(reason)}`,
    'given-up': () => `${paint('bad', 'given up')}${byText(by)}${because(reason)}`,
    ended: () => `${paint(stateTones[timeline.state], entry.state ?? timeline.state)}${because(reason)}`,
  };
  return texts[what]();
}

function wordText({ by, role, verdict, reason }: TimelineEntry, paint: Paint): string {
  const tone: Tone = verdict === 'no' ? 'bad' : 'good';
  return `${paint(tone, verdict ?? 'yes')} of ${printable(by ?? '')}${role ? ` (${role})` : ''}${because(reason)}`;
}

/** Gates each with until when; what no gate said as it was said. */
function waitText({ gates, reason }: TimelineEntry): string {
  if (gates.length === 0) return reason === null ? ', nobody has decided on it yet' : because(reason);
  const each = gates.map(({ gate, reasons, until }) => {
    const end = until === null ? '' : ` (until ${instant(until)} UTC)`;
    return `${gate}: ${printable(reasons.join(', '))}${end}`;
  });
  return ` for ${each.join('; ')}`;
}

function stepLine({ step, gates, reason }: TimelineEntry, paint: Paint): string {
  if (!step) return '';
  const [mark, tone] = stepMarks[step.state];
  const [gate] = gates;
  // They have the reason, too, and beside it what is to be said of the gate: why it was gone past, what it asks less than elsewhere.
  const said = gate && gate.reasons.length > 0 ? gate.reasons.join(', ') : reason;
  const notes = [
    ...(step.state === 'succeeded' ? [] : [step.state]),
    ...(gate ? [`gate of ${gate.moment}${gate.verdict === 'overridden' ? ': overridden' : ''}`] : []),
    ...(step.attempts > 1 ? [`begun ${count(step.attempts, 'time')}`] : []),
  ];
  return `${paint(tone, mark)} ${step.name}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}${because(said)}`;
}

/** What the gates of entry said of what was let in, or refused. */
const gatesBelow = ({ what, gates }: TimelineEntry, paint: Paint): string[] =>
  what === 'admitted' || what === 'ended' ? gates.map((one) => gateLine(one, paint)) : [];

/** What CloudFormation said of each resource that failed, the first first; those that were only cancelled because of it in one line. */
function failuresBelow({ stackFailures }: TimelineEntry, paint: Paint): string[] {
  if (!stackFailures) return [];
  const { failures, leftOut } = stackFailures;
  const cancelled = failures.filter((one) => one.cancelled).map(({ id }) => id);
  const more = leftOut > 0 ? [`${count(leftOut, 'more event')}, left out here`] : [];
  return [
    ...failures
      .filter((one) => !one.cancelled)
      .map(({ at, stack, id, type, status, reason }) => {
        const what = printable(`${stack}: ${id} (${type}) ${status}: ${reason ?? 'no reason given'}`);
        return `${paint('bad', '✗')} ${instant(at)} ${what}`;
      }),
    ...[
      ...(cancelled.length > 0 ? [printable(`cancelled because of that: ${cancelled.join(', ')}`)] : []),
      ...more,
    ].map((line) => paint('dim', `- ${line}`)),
  ];
}
