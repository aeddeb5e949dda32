import { firstBroken, type LedgerEntry } from '@soundbite/model/ledger.ts';
import { count, instant, type Paint, plain, table } from './text.ts';

/** The ledger in order of sequence, and whether its chain is whole. `entries` must start at the first. */
export function ledgerReport(entries: readonly LedgerEntry[], paint: Paint = plain): string {
  const broken = firstBroken(entries);
  const rows = entries.map(({ sequence, at, kind, subject, payload }) => [
    String(sequence),
    instant(at),
    kind,
    subject,
    JSON.stringify(payload),
  ]);
  const verdict = broken
    ? paint('bad', `the chain is broken at entry ${broken.sequence}: it was altered after it was written`)
    : paint('good', `the chain of ${count(entries.length, 'entry', 'entries')} is unbroken`);
  return [table(['#', 'at (UTC)', 'kind', 'subject', 'payload'], rows, paint), verdict].filter(Boolean).join('\n');
}
