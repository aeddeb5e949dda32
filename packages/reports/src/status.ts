import type { Block } from '@soundbite/model/flow/block.ts';
import type { Freeze } from '@soundbite/model/flow/freeze.ts';
import type { BrokenGlass } from '@soundbite/model/flow/glass.ts';
import type { Hold } from '@soundbite/model/flow/hold.ts';
import type { Taint } from '@soundbite/model/flow/taint.ts';
import type { Severity } from '@soundbite/model/health/vitals.ts';
import { keptLines } from './flow.ts';
import { type Cell, count, type Paint, plain, short, type Tone, table } from './text.ts';

/** What the status table shows of `status --json`. */
export interface StatusFacts {
  readonly controlPlane: { readonly url: string; readonly pid: number };
  /** Other homes whose control planes do not run. */
  readonly away?: readonly {
    readonly home: string;
    readonly host: string | null;
    readonly environments: readonly string[];
    readonly unfinished: readonly string[];
  }[];
  readonly environments: readonly {
    readonly name: string;
    readonly state: string;
    readonly release: string | null;
    readonly url: string | null;
    readonly runtime: string;
    readonly cloud: { readonly kind: string; readonly account: string; readonly region: string };
    readonly promotion: {
      readonly id: string;
      readonly release: string;
      readonly state: string;
      readonly step: string | null;
    } | null;
    /** What is not well on the way of requests and jobs. */
    readonly findings: readonly FindingFacts[];
    readonly wayBack?: {
      readonly floor: string | null;
      readonly refused: { readonly reason: string; readonly hint: string } | null;
    };
    readonly freezes?: readonly Freeze[];
    readonly holds?: readonly Hold[];
    readonly blocked?: Block | null;
    readonly glass?: readonly BrokenGlass[];
    readonly taints?: readonly Taint[];
    /** The stacks that the live release was adopted from. */
    readonly adopted?: readonly string[] | null;
  }[];
}

const tones: Readonly<Record<string, Tone>> = { healthy: 'good', degraded: 'warn', down: 'bad', empty: 'dim' };

/** The tone of an environment's state. */
export const stateCell = (state: string): Cell => ({ text: state, tone: tones[state] ?? 'strong' });

/** Environments in order: what runs where, and what is under way. `rest`: by promotion, the environments that it goes on to. */
export function statusReport(
  status: StatusFacts,
  paint: Paint = plain,
  rest: ReadonlyMap<string, readonly string[]> = new Map(),
): string {
  const moving = status.environments.some(({ promotion }) => promotion);
  const header = ['environment', 'state', 'release', 'runtime', 'cloud', 'url', ...(moving ? ['promotion'] : [])];
  const rows = status.environments.map(({ name, state, release, runtime, cloud, url, promotion }): Cell[] => [
    name,
    stateCell(state),
    short(release),
    runtime,
    `${cloud.kind} ${cloud.account} ${cloud.region}`,
    url ?? '-',
    ...(moving
      ? [
          promotion
            ? `${short(promotion.release)} ${promotion.step ?? promotion.state}  ${promotion.id}${afterText(rest.get(promotion.id))}`
            : '-',
        ]
      : []),
  ]);
  const unwell = status.environments.filter(({ findings }) => findings.length > 0);
  return [
    table(header, rows, paint),
    ...unwell.flatMap(({ name, findings }) => ['', paint('strong', name), findingsReport(findings, paint)]),
    '',
    ...status.environments.flatMap(keptLines).map((line) => paint('warn', line)),
    ...status.environments
      .flatMap((one) => [...adoptedText(one), ...wayBackText(one)])
      .map((line) => paint('dim', line)),
    ...(status.away ?? []).map((home) => paint('dim', awayText(home))),
    paint('dim', `control plane ${status.controlPlane.url} (pid ${status.controlPlane.pid})`),
  ].join('\n');
}

/** One line for each environment, as a watch without a terminal prints it when it changed. */
export function statusLines(
  { environments }: StatusFacts,
  rest: ReadonlyMap<string, readonly string[]> = new Map(),
): readonly string[] {
  return environments.map(({ name, state, release, promotion }) => {
    const moving = promotion
      ? `  ← ${short(promotion.release)} ${promotion.step ?? promotion.state}  ${promotion.id}${afterText(rest.get(promotion.id))}`
      : '';
    return `${name}  ${state}  ${short(release)}${moving}`;
  });
}

/** What is live was not cut: neither a commit nor a smoke of it is anywhere. */
const adoptedText = ({ name, release, adopted }: StatusFacts['environments'][number]): string[] =>
  adopted ? [`${name}: ${short(release)} was adopted from ${adopted.join(', ')}`] : [];

/** Where the way back is shorter than somebody would think; nothing where it is as usual. */
function wayBackText({ name, wayBack }: StatusFacts['environments'][number]): string[] {
  if (wayBack?.refused) return [`${name} cannot be rolled back: ${wayBack.refused.reason}; ${wayBack.refused.hint}`];
  return wayBack?.floor ? [`${name}: rollbacks end at ${short(wayBack.floor)}, which migrated the data`] : [];
}

const awayText = ({ home, host, environments, unfinished }: NonNullable<StatusFacts['away']>[number]): string => {
  const waits = unfinished.length > 0 ? `, ${count(unfinished.length, 'promotion')} not ended` : '';
  return `home ${home.slice(0, 8)}${host === null ? '' : ` on ${host}`} does not run: ${environments.join(', ')}${waits}; soundbite doctor --verbose`;
};

const afterText = (rest: readonly string[] = []) => (rest.length > 0 ? `, then ${rest.join(', ')}` : '');

/** What the health report shows of `health --json`. */
export interface HealthFacts {
  readonly environments: readonly {
    readonly name: string;
    readonly state: string;
    readonly release: string | null;
    readonly findings: readonly FindingFacts[];
    readonly restarts: number;
    readonly jobs: { readonly waiting: number; readonly oldestSeconds: number | null } | null;
  }[];
}

export interface FindingFacts {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly hint?: string | undefined;
  /** As `ok` says where it is absent. */
  readonly severity?: Severity | undefined;
}

const marks: Readonly<Record<Severity, readonly [Tone, string]>> = {
  well: ['good', 'ok  '],
  unknown: ['strong', '?   '],
  warning: ['warn', 'WARN'],
  bad: ['bad', 'BAD '],
};

/** Findings as a list: what is well, what is not or is not known, and the next command for the latter. */
export function findingsReport(findings: readonly FindingFacts[], paint: Paint = plain): string {
  const width = Math.max(0, ...findings.map(({ name }) => name.length));
  return findings
    .flatMap(({ name, ok, detail, hint, severity = ok ? 'well' : 'bad' }) => [
      `${paint(...marks[severity])} ${name.padEnd(width)}  ${detail}`.trimEnd(),
      ...(severity === 'well' || !hint ? [] : [`     ${' '.repeat(width)}  → ${hint}`]),
    ])
    .join('\n');
}

/** The findings of several environments, each under its name. */
export const findingsByEnvironment = (
  environments: readonly { readonly environment: string; readonly findings: readonly FindingFacts[] }[],
  paint: Paint = plain,
): string =>
  environments
    .map(({ environment, findings }) => `${paint('strong', environment)}\n${findingsReport(findings, paint)}`)
    .join('\n\n');

/** One paragraph for each environment: its state, release, restarts and jobs, then the findings. */
export function healthReport(health: HealthFacts, paint: Paint = plain): string {
  return health.environments
    .map(({ name, state, release, findings, restarts, jobs }) => {
      const oldest = jobs?.oldestSeconds == null ? '' : ` (oldest ${jobs.oldestSeconds.toFixed(0)} s)`;
      const facts = [
        `release ${short(release)}`,
        count(restarts, 'restart'),
        ...(jobs ? [`${count(jobs.waiting, 'job')} waiting${oldest}`] : []),
      ];
      const tone = tones[state] ?? 'strong';
      return [
        `${paint('strong', name)}  ${paint(tone, state)}  ${facts.join(', ')}`,
        ...(findings.length > 0 ? [findingsReport(findings, paint).replace(/^/gm, '  ')] : []),
      ].join('\n');
    })
    .join('\n\n');
}
