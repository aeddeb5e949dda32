import { type Cell, count, instant, type Paint, plain, printable, short, type Tone, table } from './text.ts';

interface ShownEvidence {
  readonly id: string;
  readonly release: string;
  readonly kind: string;
  readonly format: string;
  readonly verdict: 'pass' | 'fail';
  readonly facts: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
  readonly digest: string;
  readonly bytes: number;
  readonly url: string | null;
  readonly by: string;
  readonly at: string;
  readonly newest: boolean;
}

const toneOf = ({ verdict }: ShownEvidence): Tone => (verdict === 'pass' ? 'good' : 'bad');

/** The answer of `evidence add`. */
export const addedEvidenceReport = (one: ShownEvidence, paint: Paint = plain): string =>
  [
    `${one.kind} of ${short(one.release)}: ${paint(toneOf(one), one.verdict)}  ${one.id}`,
    ...factLines(one.facts, paint),
  ].join('\n');

/** Evidence of one release, newest first, as `evidence list` shows it. What a newer one of its kind replaces counts no more. */
export function evidenceListReport(evidence: readonly ShownEvidence[], paint: Paint = plain): string {
  if (evidence.length === 0) return 'there is no evidence of it: soundbite evidence add <release> <kind> --file <file>';
  const rows = evidence.map((one): Cell[] => [
    one.kind,
    one.newest ? { text: one.verdict, tone: toneOf(one) } : { text: `${one.verdict}, replaced`, tone: 'dim' },
    instant(one.at),
    one.by,
    one.id,
  ]);
  return table(['kind', 'verdict', 'at', 'by', 'evidence'], rows, paint);
}

/** One piece of evidence, as `evidence show` shows it. */
export function evidenceReport(one: ShownEvidence, paint: Paint = plain): string {
  const rows: [string, string][] = [
    ['evidence', one.id],
    ['release', one.release],
    ['kind', one.kind],
    ['verdict', `${paint(toneOf(one), one.verdict)}${one.newest ? '' : '; a newer one of its kind counts'}`],
    ['said', `${instant(one.at)} by ${printable(one.by)}`],
    ['file', `${one.format}, ${count(one.bytes, 'byte')}, ${one.digest}`],
    ...(one.url === null ? [] : [['see', printable(one.url)] satisfies [string, string]]),
  ];
  return [...rows.map(([name, value]) => `${name.padEnd(8)} ${value}`), ...factLines(one.facts, paint)].join('\n');
}

const factLines = (facts: ShownEvidence['facts'], paint: Paint) =>
  facts.map(
    ({ name, ok, detail }) =>
      `  ${paint(ok ? 'good' : 'bad', ok ? '✓' : '✗')} ${printable(name)}${detail && `: ${printable(detail).split('\n')[0]}`}`,
  );
