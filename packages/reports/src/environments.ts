import type { Environment } from '@soundbite/model/declaration/shape.ts';
import { type BrokenGlass, glassText } from '@soundbite/model/flow/glass.ts';
import { type Paint, plain, printable, short, table } from './text.ts';

/** The declared environments in order, as `env list` shows them. */
export function environmentsReport(environments: readonly Environment[], paint: Paint = plain): string {
  const rows = environments.map(({ name, cloud, runtime, port, gates, protected: isProtected }) => [
    name,
    `${cloud.kind} ${cloud.account} ${cloud.region}${cloud.deployer === 'toolkit' ? ', by the CDK toolkit' : ''}`,
    runtime,
    String(port),
    gates.map((gate) => gateText(gate, cloud.kind)).join(', ') || '-',
    isProtected ? 'yes' : 'no',
  ]);
  return table(['environment', 'cloud', 'runtime', 'port', 'gates', 'protected'], rows, paint);
}

/** A gate and, where that says most of it, how long it takes there or what it is about. */
function gateText(
  { gate, options, emulated }: Environment['gates'][number],
  kind: Environment['cloud']['kind'],
): string {
  const { seconds, kind: about } = { ...options, ...(kind === 'emulated' ? emulated : {}) };
  if (typeof seconds === 'number') return `${gate} ${seconds} s`;
  return typeof about === 'string' ? `${gate} ${about}` : gate;
}

/** For each environment whether `dev` serves the working tree there, and the command that brings it there otherwise. */
export const devReport = (
  rows: readonly { readonly environment: string; readonly use: string; readonly why: string }[],
  paint: Paint = plain,
): string =>
  table(
    ['environment', 'use', ''],
    rows.map(({ environment, use, why }) => [environment, use, why]),
    paint,
  );

/** One environment: its declaration (overrides applied) and, when the control plane runs, its record. */
export function environmentReport(view: {
  readonly declaration: Environment;
  readonly url: string | null;
  readonly record: {
    readonly liveRelease: string | null;
    readonly previousRelease: string | null;
    readonly infrastructureRelease: string | null;
  } | null;
  readonly glass?: readonly BrokenGlass[];
  /** Null: nobody could look. Absent: it was not asked for. */
  readonly account?: AccountShown | null;
}): string {
  const { name, ...rest } = view.declaration;
  const facts = leaves(rest).map(([path, value]) => `  ${path} = ${value}`);
  const record = view.record
    ? [
        `url             ${view.url ?? '-'}`,
        `live            ${short(view.record.liveRelease)}`,
        `previous        ${short(view.record.previousRelease)}`,
        `infrastructure  ${short(view.record.infrastructureRelease)}`,
        ...(view.glass ?? []).map((one) => printable(glassText(one))),
      ]
    : ['the control plane is not running, so only the declaration is known: soundbite up'];
  const account = view.account ? accountReport(view.account) : [];
  return [name, ...record, 'declared:', ...facts, ...account].join('\n');
}

/** What the report shows of `GET /v1/environments/{name}/account`. */
interface AccountShown {
  readonly stacks: readonly { readonly name: string; readonly url: string | null }[];
  readonly functions: readonly {
    readonly component: string;
    readonly name: string;
    readonly alias: string;
    readonly url: string | null;
    readonly logGroup: string;
    readonly logsUrl: string | null;
  }[];
  readonly unknown: string | null;
}

/** A line for each thing there, with where AWS's console shows it. */
function accountReport({ stacks, functions, unknown }: AccountShown): string[] {
  const line = (what: string, name: string, url: string | null) =>
    `  ${what} ${printable(name)}${url ? `  ${url}` : ''}`;
  return [
    'in its account:',
    ...stacks.map(({ name, url }) => line('stack', name, url)),
    ...functions.flatMap(({ component, name, alias, url, logGroup, logsUrl }) => [
      line(printable(component), `${name}:${alias}`, url),
      line(`${printable(component)} logs in`, logGroup, logsUrl),
    ]),
    ...(unknown === null ? [] : [`  what runs there cannot be told: ${printable(unknown)}`]),
  ];
}

function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}
