import type { Block } from '@soundbite/model/flow/block.ts';
import type { Freeze } from '@soundbite/model/flow/freeze.ts';
import type { BrokenGlass } from '@soundbite/model/flow/glass.ts';
import type { Hold } from '@soundbite/model/flow/hold.ts';
import type { Taint } from '@soundbite/model/flow/taint.ts';
import type { GateRecord } from '@soundbite/model/gates/record.ts';
import type { Approval } from '@soundbite/model/people/approval.ts';
import { keptLines } from './flow.ts';
import { gateLine, section } from './plan.ts';
import { instant, type Paint, plain, printable, short } from './text.ts';

/** Evidence of a release; `counted`: when it was let in. */
export interface EvidenceShown {
  readonly kind: string;
  readonly verdict: 'pass' | 'fail';
  readonly digest: string;
  readonly by: string;
  readonly at: string;
  readonly newest: boolean;
  readonly counted: boolean;
}

/** What the report shows of `why --json`. */
interface WhyFacts {
  readonly environment: string;
  readonly release: string | null;
  readonly since: string | null;
  readonly promotion: string | null;
  readonly by: {
    readonly actor: string;
    readonly kind: 'promote' | 'rollback';
    readonly reason: string | null;
    readonly override: boolean;
    readonly breakGlass: boolean;
    readonly follows: string | null;
    readonly approvals: readonly Approval[];
  } | null;
  readonly gates: readonly GateRecord[];
  readonly evidence: readonly EvidenceShown[];
  readonly underWay: { readonly id: string; readonly release: string; readonly step: string | null } | null;
  readonly waits: readonly {
    readonly promotion: string;
    readonly release: string;
    readonly kind: 'promote' | 'rollback';
    readonly by: string;
    readonly since: string;
    readonly reason: string | null;
    readonly gates: readonly GateRecord[];
  }[];
  readonly freezes: readonly Freeze[];
  readonly holds: readonly Hold[];
  readonly blocked: Block | null;
  readonly glass: readonly BrokenGlass[];
  readonly taints: readonly Taint[];
}

/** Why what is live in an environment is live, and what waits; what there is none of is left out. */
export function whyReport(why: WhyFacts, paint: Paint = plain): string {
  return [
    titleOf(why, paint),
    ...decisionLines(why),
    section(
      'gates',
      why.gates.map((one) => gateLine(one, paint)),
    ),
    section(
      'evidence',
      why.evidence.map((one) => evidenceLine(one, paint)),
    ),
    section('in force', keptLines(why)),
    why.underWay === null
      ? ''
      : `under way: ${short(why.underWay.release)}${why.underWay.step === null ? '' : `, at ${why.underWay.step}`}  ${why.underWay.id}`,
    section(
      'waits',
      why.waits.flatMap((one) => waitLines(one, paint)),
    ),
    why.waits.length === 0 ? 'nothing waits' : '',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function titleOf({ environment, release, since }: WhyFacts, paint: Paint): string {
  if (release === null) return `${paint('strong', environment)}: nothing is live`;
  const when = since === null ? ', since when is not on record' : ` since ${instant(since)} UTC`;
  return `${paint('strong', environment)}: ${short(release)} is live${when}`;
}

function decisionLines({ by, promotion, release }: WhyFacts): string[] {
  if (by === null) return release === null ? [] : ['no promotion on record brought it'];
  const { kind, actor, reason, override, breakGlass, follows, approvals } = by;
  const what = kind === 'rollback' ? 'rolled back to' : 'promoted';
  const details = [
    ...(breakGlass ? ['the glass was broken'] : override ? ['the order was overridden'] : []),
    ...(reason === null ? [] : [printable(reason)]),
    ...(follows === null ? [] : [`after ${follows}`]),
  ];
  return [
    `${what} by ${printable(actor)} (promotion ${promotion})${details.length > 0 ? `: ${details.join('; ')}` : ''}`,
    ...approvals.map((one) => approvalLine(one)),
  ];
}

const approvalLine = ({ person, role, verdict, reason, at }: Approval): string =>
  `${verdict} of ${printable(person)} (${role}) at ${instant(at)} UTC${reason === null ? '' : `: ${printable(reason)}`}`;

/** `isLetIn`: it came later than what was let in; of what never was nothing could count. */
export function evidenceLine(one: EvidenceShown, paint: Paint, isLetIn = true): string {
  const { kind, verdict, digest, by, at, newest, counted } = one;
  const note = isLetIn && !counted ? ', came later' : newest ? '' : ', replaced since';
  const said = paint(verdict === 'pass' ? 'good' : 'bad', verdict);
  return `${said} ${kind}  ${digest.slice(0, 19)}  ${printable(by)} at ${instant(at)} UTC${note}`;
}

function waitLines(one: WhyFacts['waits'][number], paint: Paint): string[] {
  const { kind, release, by, since, promotion, reason, gates } = one;
  const back = kind === 'rollback' ? 'back to ' : '';
  const head = `${back}${short(release)}  asked for by ${printable(by)} at ${instant(since)} UTC  ${promotion}`;
  const untils = (gate: GateRecord) => (gate.until === null ? '' : ` (until ${instant(gate.until)} UTC)`);
  const what =
    gates.length > 0
      ? gates.map((gate) => `${gateLine(gate, paint)}${untils(gate)}`)
      : [printable(reason ?? 'its turn')];
  return [head, ...what.map((line) => `  ${line}`)];
}
