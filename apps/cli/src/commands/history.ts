import type { Client, LedgerEntry, PromotionView } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { firstBroken } from '@soundbite/model/ledger.ts';
import { historyReport, ledgerReport, timelineReport } from '@soundbite/reports';
import type { CommandAction, Options } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { exits, usageError } from '../exits.ts';
import { givenNames } from '../names.ts';
import type { CommandResult, Shell } from '../shell.ts';

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
  const id = names.find(isId);
  if (id !== undefined) return timelineShown(shell, client, id, { names, limit });
  return newest(client, names, limitOf(limit)).then(
    (promotions) => ({ document: { promotions }, text: historyReport(promotions, shell.paint) }),
    (error) => orTimeline(error, names, (only) => timelineShown(shell, client, only, { names, limit })),
  );
};

/** No environment may have such a long name. */
const isId = (name: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);

/**
 * What is no environment may be a promotion; what is neither was meant as an environment. The control plane's own ids are known by their form; this is for
 * those of others, like the fake's (`p-1`), since the contract says nothing of it.
 */
async function orTimeline(
  error: unknown,
  names: readonly string[],
  show: (only: string) => Promise<CommandResult>,
): Promise<CommandResult> {
  const [only] = names;
  if (names.length !== 1 || only === undefined || !isCode(error, 'environment-unknown')) throw error;
  return show(only).catch((other) => {
    throw isCode(other, 'promotion-unknown') ? error : other;
  });
}

const isCode = (error: unknown, code: string): boolean => error instanceof SoundBiteError && error.code === code;

async function timelineShown(
  shell: Shell,
  client: Client,
  id: string,
  { names, limit }: { readonly names: readonly string[]; readonly limit: Options[string] },
): Promise<CommandResult> {
  const alone = `soundbite history ${id}`;
  if (names.length > 1) throw usageError('the timeline is of one promotion', alone);
  if (limit !== undefined) throw usageError('--limit is of lists: a timeline is whole', alone);
  const timeline = await client.timeline(id);
  return { document: timeline, text: timelineReport(timeline, Date.now(), shell.paint) };
}

/** Of the environments named, or of all. */
async function newest(client: Client, names: readonly string[], limit: number): Promise<readonly PromotionView[]> {
  const asked = names.length > 0 ? names : [undefined];
  const found = (await Promise.all(asked.map((environment) => newestOf(client, environment, limit)))).flat();
  return names.length > 1
    ? found.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt)).slice(0, limit)
    : found;
}

/** Page by page, as far as is asked: what comes meanwhile moves none of them. */
async function newestOf(client: Client, environment: string | undefined, limit: number): Promise<PromotionView[]> {
  const found: PromotionView[] = [];
  for (let before: string | null | undefined; before !== null && found.length < limit; ) {
    const page = await client.promotions({
      ...(environment !== undefined && { environment }),
      ...(before !== undefined && { before }),
      limit: Math.min(pageSize, limit - found.length),
    });
    found.push(...page.promotions);
    before = page.next;
  }
  return found;
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
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw usageError(`--limit ${String(typed)} is not a whole number from 1 on`, 'soundbite history --limit 20');
  }
  return limit;
}
