import type { Client, LedgerEntry, PromotionView } from '@soundbite/client';
import { firstBroken } from '@soundbite/model/ledger.ts';
import { historyReport, ledgerReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { exits, usageError } from '../exits.ts';
import { givenNames } from '../names.ts';

export const run: CommandAction = async (shell, args, { limit, ledger }) => {
  const client = connectTo(shell);
  const names = givenNames(args);
  if (ledger === true) {
    if (names.length > 0)
      throw usageError(
        '--ledger is the ledger of all environments',
        `leave ${names.join(', ')} away, or: soundbite history ${names.join(' ')}`,
      );
    const entries = await wholeLedger(client);
    const whole = firstBroken(entries) === null;
    return {
      document: { entries, whole },
      text: ledgerReport(entries, shell.paint),
      exit: whole ? exits.done : exits.failed,
    };
  }
  const promotions = await newest(client, names, limitOf(limit));
  return { document: { promotions }, text: historyReport(promotions, shell.paint) };
};

/** Of the environments named, or of all. */
async function newest(client: Client, names: readonly string[], limit: number): Promise<readonly PromotionView[]> {
  const asked = names.length > 0 ? names : [undefined];
  const lists = await Promise.all(asked.map((environment) => client.promotions({ environment, limit })));
  const found = lists.flatMap(({ promotions }) => promotions);
  return names.length > 1
    ? found.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt)).slice(0, limit)
    : found;
}

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
    throw usageError(`--limit ${String(typed)} is not a number from 1 to 1000`, 'soundbite history --limit 20');
  }
  return limit;
}
