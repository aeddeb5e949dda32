import { type DeclaredOtherwise, declaredOtherwiseFinding } from '@soundbite/model/declared-otherwise.ts';
import { type BrokenGlass, glassText } from '@soundbite/model/flow/glass.ts';
import { mustStay } from '@soundbite/model/replacement/refusal.ts';
import type { Removal } from '@soundbite/model/template-changes.ts';
import { count, duration, type Paint, plain, printable, short, type Tone } from './text.ts';

interface Member {
  readonly id: string;
  readonly physicalId: string;
}

/** What the report shows of `plan --json`. */
export interface PlanReportFacts {
  readonly environment: string;
  readonly release: string;
  readonly current: string | null;
  /** Of the release. */
  readonly cut?: { readonly commit: string; readonly subject: string | null } | null;
  readonly commits: readonly { readonly commit: string; readonly subject: string }[] | null;
  readonly removals: readonly Removal[];
  readonly resources: readonly { readonly id: string; readonly type: string; readonly change: string }[];
  readonly missing?: readonly Member[];
  readonly changed?: readonly (Member & { readonly differences: readonly string[] })[];
  readonly leftovers?: readonly Member[];
  readonly unallowed?: readonly string[];
  readonly settings: readonly { readonly path: string; readonly from?: unknown; readonly to?: unknown }[];
  readonly declaredOtherwise?: DeclaredOtherwise | null;
  readonly admission:
    | { readonly admitted: true; readonly note: string }
    | { readonly admitted: false; readonly reason: string; readonly hint: string };
  readonly gates?: readonly { readonly gate: string; readonly verdict: string; readonly reasons: readonly string[] }[];
  readonly steps: readonly { readonly name: string; readonly expectedSeconds: number | null }[];
  readonly expectedSeconds: number | null;
  readonly glass?: readonly BrokenGlass[];
  readonly rollback?: {
    readonly to: string | null;
    readonly ready: boolean | null;
    readonly obstacles: readonly { readonly reason: string; readonly hint: string }[];
    readonly usualSeconds: number | null;
  } | null;
}

const changes: Readonly<Record<string, readonly [string, Tone]>> = {
  add: ['+', 'good'],
  modify: ['~', 'warn'],
  remove: ['-', 'bad'],
  replace: ['!', 'bad'],
  retain: ['·', 'dim'],
};

/** What becomes of a resource. */
export function changeLine(
  { id, type, change }: { readonly id: string; readonly type: string; readonly change: string },
  paint: Paint,
): string {
  const [mark, tone] = changes[change] ?? ['?', 'warn'];
  return `${paint(tone, mark)} ${id} (${type})${change === 'retain' ? ', which stays in the account' : ''}`;
}

/** What would be lost, and why. */
export const removalLine = (
  { id, what, detail }: { readonly id: string; readonly what: string; readonly detail: string },
  paint: Paint,
): string => `${paint('bad', '-')} ${id} (${what}): ${detail}`;

/** What a promotion would change, section by section; what does not change is left out. */
export function planReport(plan: PlanReportFacts, paint: Paint = plain): string {
  const title = `${plan.environment}: ${plan.current === plan.release ? 'nothing new, ' : ''}${short(plan.current)} → ${short(plan.release)}`;
  const expected = plan.steps
    .map(({ name, expectedSeconds }) => `${name}${expectedSeconds === null ? '' : ` ${duration(expectedSeconds)}`}`)
    .join(', ');
  return [
    paint('strong', title),
    admissionText(plan, paint),
    section(
      'gates of entry',
      (plan.gates ?? []).map((one) => gateLine(one, paint)),
    ),
    ...(plan.glass ?? []).map((one) => paint('warn', printable(glassText(one)))),
    otherDeclarationText(plan, paint),
    section('commits', plan.commits?.map(commitText) ?? unknownCommits(plan)),
    section(
      'resources',
      plan.resources.map((one) => changeLine(one, paint)),
    ),
    section('deleted by somebody, to be created again', (plan.missing ?? []).map(memberText)),
    section(
      'changed by somebody, to be restored',
      (plan.changed ?? []).map(({ id, differences }) => `${id}: ${printable(differences.join(', '))}`),
    ),
    section('left by a deleted stack, to be adopted', (plan.leftovers ?? []).map(memberText)),
    section(
      `refused until it is bootstrapped again (soundbite bootstrap ${plan.environment} --release ${short(plan.release)})`,
      (plan.unallowed ?? []).map((line) => `${paint('bad', '+')} ${printable(line)}`),
    ),
    section(
      'settings',
      plan.settings.map(({ path, from, to }) => `~ ${path}: ${valueText(from)} → ${valueText(to)}`),
    ),
    section(
      'refused: CloudFormation keeps an export while another stack imports it',
      plan.removals.filter(mustStay).map((one) => removalLine(one, paint)),
    ),
    section(
      'refused unless named with --allow-removal',
      plan.removals.filter((one) => !mustStay(one)).map((one) => removalLine(one, paint)),
    ),
    `steps: ${expected}${plan.expectedSeconds === null ? '' : `; about ${duration(plan.expectedSeconds)} in all`}`,
    rollbackText(plan, paint),
    paint('dim', 'nothing was touched'),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** What would become of it: the order says no, or a gate does, or it would wait. */
function admissionText({ admission, gates = [] }: PlanReportFacts, paint: Paint): string {
  if (!admission.admitted) return `${paint('bad', 'refused')}: ${admission.reason}\n  → ${admission.hint}`;
  const saying = (...verdicts: string[]) =>
    gates.filter(({ verdict }) => verdicts.includes(verdict)).map(({ gate }) => gate);
  const [failed, open] = [saying('fail'), saying('wait', 'errored')];
  if (failed.length > 0) return `${paint('bad', 'refused')} by ${failed.join(', ')}; its order: ${admission.note}`;
  if (open.length > 0) return `${paint('warn', 'would wait')} for ${open.join(', ')}; its order: ${admission.note}`;
  return `${paint('good', 'admitted')}: ${admission.note}`;
}

const gateTones: Readonly<Record<string, Tone>> = { pass: 'good', wait: 'warn', overridden: 'warn' };

/** What a gate said, in a line. */
export const gateLine = (
  { gate, verdict, reasons }: NonNullable<PlanReportFacts['gates']>[number],
  paint: Paint,
): string =>
  `${paint(gateTones[verdict] ?? 'bad', verdict)} ${gate}${reasons.length > 0 ? `: ${printable(reasons.join(', '))}` : ''}`;

/** That the declaration here is not the one on record. */
function otherDeclarationText({ environment, declaredOtherwise }: PlanReportFacts, paint: Paint): string {
  if (!declaredOtherwise) return '';
  const { detail, hint } = declaredOtherwiseFinding(environment, declaredOtherwise);
  return `${paint('warn', 'declaration')}: ${printable(detail)}\n  → ${hint}`;
}

/** Where a rollback would go from there. */
function rollbackText({ rollback }: PlanReportFacts, paint: Paint): string {
  if (!rollback) return '';
  const { to, ready, obstacles, usualSeconds } = rollback;
  const kept = ready === null ? '' : ready ? ', whose version is ready' : ', whose version would be made again';
  const usual = usualSeconds === null ? '' : `, usually within ${duration(usualSeconds)}`;
  const head =
    to === null ? paint('warn', 'rollback: not possible after it') : `rollback: to ${short(to)}${kept}${usual}`;
  return [
    head,
    ...obstacles.map(({ reason, hint }) => `  ${printable(reason)}${hint ? `\n  → ${printable(hint)}` : ''}`),
  ].join('\n');
}

const memberText = ({ id, physicalId }: Member) => `${id} (${printable(physicalId)})`;

const unknownCommits = ({ cut }: Pick<PlanReportFacts, 'cut'>): string[] =>
  cut?.subject
    ? [commitText({ commit: cut.commit, subject: cut.subject }), 'others unknown: git cannot say']
    : ['unknown: git cannot say'];

const commitText = ({ commit, subject }: { readonly commit: string; readonly subject: string }) =>
  `${commit.slice(0, 7)} ${printable(subject)}`;

const valueText = (value: unknown) => (value === undefined ? 'absent' : JSON.stringify(value));

/** At most so many lines of a section; the rest is counted (`--json` has them all). */
const most = 20;

export function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const rest = lines.length - most;
  return [
    `${title}:`,
    ...lines.slice(0, most).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  … and ${count(rest, 'more line')}`] : []),
  ].join('\n');
}
