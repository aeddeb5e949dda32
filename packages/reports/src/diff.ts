import { changeLine, section } from './plan.ts';
import { count, instant, type Paint, plain, printable, short } from './text.ts';

interface DiffEndFacts {
  readonly environment: string;
  readonly at: string | null;
  readonly release: string | null;
  readonly commit: string | null;
  readonly dirty: boolean;
}

type Because = readonly ('release' | 'environment')[];
type Options = Readonly<Record<string, unknown>> | null;

/** What the report shows of `diff --json`. */
export interface DiffFacts {
  readonly from: DiffEndFacts;
  readonly to: DiffEndFacts;
  readonly commits:
    | readonly { readonly commit: string; readonly subject: string; readonly only: 'from' | 'to' }[]
    | null;
  readonly settings:
    | readonly { readonly path: string; readonly from?: unknown; readonly to?: unknown; readonly because: Because }[]
    | null;
  readonly resources:
    | readonly { readonly id: string; readonly type: string; readonly change: string; readonly because: Because }[]
    | null;
  readonly gates: readonly { readonly gate: string; readonly from: Options; readonly to: Options }[] | null;
  readonly unknown: readonly { readonly what: string; readonly reason: string }[];
}

/** What differs, section by section; what is the same is left out, and what is not known is said. */
export function diffReport(diff: DiffFacts, paint: Paint = plain): string {
  const { from, to, commits, settings, gates, unknown } = diff;
  const only = (side: 'from' | 'to', end: DiffEndFacts) =>
    section(
      `commits only in ${titleOf(end)}`,
      (commits ?? [])
        .filter((one) => one.only === side)
        .map(({ commit, subject }) => `${commit.slice(0, 7)} ${printable(subject)}`),
    );
  const parts = [
    only('to', to),
    only('from', from),
    section(
      'settings',
      (settings ?? []).map(
        (one) => `~ ${one.path}: ${valueText(one.from)} → ${valueText(one.to)}${causeText(one.because, diff)}`,
      ),
    ),
    resourcesText(diff, paint),
    section(
      'gates',
      (gates ?? []).map((one) => gateText(one, paint)),
    ),
  ].filter((part) => part !== '');
  return [
    paint('strong', `${titleOf(from)} → ${titleOf(to)}`),
    ...[from, to].map(endText),
    ...parts,
    parts.length === 0 && unknown.length === 0 ? 'nothing differs' : '',
    section(
      paint('warn', 'not known'),
      unknown.map(({ what, reason }) => `${what}: ${printable(reason)}`),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const titleOf = ({ environment, at }: DiffEndFacts): string =>
  at === null ? environment : `${environment} at ${instant(at)} UTC`;

function endText(end: DiffEndFacts): string {
  if (end.release === null) return `  ${titleOf(end)}: nothing live`;
  const commit = end.commit === null ? '' : ` of commit ${end.commit.slice(0, 7)}${end.dirty ? ' with changes' : ''}`;
  return `  ${titleOf(end)}: ${short(end.release)}${commit}`;
}

/** Why a setting differs, where both could be the reason. */
function causeText(because: Because, { from, to }: DiffFacts): string {
  if (from.environment === to.environment || from.release === to.release) return '';
  const [only] = because;
  return because.length === 1 && only ? ` (${only === 'release' ? 'of the release' : 'of the environment'})` : '';
}

/** Templates of two environments differ in many names: those that the release changed are shown, the others counted. */
function resourcesText({ resources, from, to }: DiffFacts, paint: Paint): string {
  const all = resources ?? [];
  const isOfEnvironment = ({ because }: (typeof all)[number]) => because.length === 1 && because[0] === 'environment';
  const ofEnvironment = all.filter(isOfEnvironment);
  const shown = from.release === to.release ? all : all.filter((one) => !isOfEnvironment(one));
  const counted = all.length - shown.length;
  return [
    section(
      'resources',
      shown.map((one) => changeLine(one, paint)),
    ),
    counted > 0
      ? `${count(ofEnvironment.length, 'more resource')} ${counted === 1 ? 'differs' : 'differ'} between the environments alone, whatever the release`
      : '',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function gateText({ gate, from, to }: NonNullable<DiffFacts['gates']>[number], paint: Paint): string {
  if (from === null) return `${paint('good', '+')} ${gate}${optionsText(to)}`;
  if (to === null) return `${paint('bad', '-')} ${gate}${optionsText(from)}`;
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const changed = keys.filter((key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]));
  return `${paint('warn', '~')} ${gate}: ${changed.map((key) => `${key} ${valueText(from[key])} → ${valueText(to[key])}`).join(', ')}`;
}

const optionsText = (options: Options): string =>
  options === null || Object.keys(options).length === 0 ? '' : ` ${printable(JSON.stringify(options))}`;

const valueText = (value: unknown): string =>
  value === undefined || value === null ? 'absent' : printable(JSON.stringify(value));
