import type { Client, LedgerEntry } from '@soundbite/client';
import { firstBroken } from '@soundbite/model/ledger.ts';
import { historyReport, ledgerReport } from '@soundbite/reports';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import { exits, usageError } from '../exits.ts';

export const run: Run = async (shell, [environment], { limit, ledger }) => {
  const client = connectTo(shell);
  if (ledger === true) {
    if (environment !== undefined)
      throw usageError(
        '--ledger is the ledger of all environments',
        `leave ${environment} away, or: soundbite history ${environment}`,
      );
    const entries = await wholeLedger(client);
    const whole = firstBroken(entries) === null;
    return {
      document: { entries, whole },
      text: ledgerReport(entries, shell.paint),
      exit: whole ? exits.done : exits.failed,
    };
  }
  const list = await client.promotions({ environment, limit: limitOf(limit) });
  return { document: list, text: historyReport(list.promotions, shell.paint) };
};

const pageSize = 500;

async function wholeLedger(client: Client): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (;;) {
    const page = await client.ledger({ after: entries.at(-1)?.sequence ?? 0, limit: pageSize });
    entries.push(...page.entries);
    if (page.entries.length < pageSize) return entries;
  }
}

function limitOf(typed: unknown): number {
  if (typed === undefined) return 20;
  const limit = Number(typed);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw usageError(`--limit ${String(typed)} is no number from 1 to 1000`, 'soundbite history --limit 20');
  }
  return limit;
}
