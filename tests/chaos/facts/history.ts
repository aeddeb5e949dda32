import { firstBroken, type LedgerEntry } from '@soundbite/model';

/** A promotion that had to wait, and from when on it need not: nothing of it may have begun before. */
export interface LetGo {
  readonly promotion: string;
  /** When what it waited for had not happened yet, in ms since 1970. */
  readonly at: number;
  /** So many people have to have said yes before it was let in. */
  readonly people: number;
}

/** What was recorded of a run, and what the run itself knows. */
export interface History {
  /** The whole ledger, in order. */
  readonly entries: readonly LedgerEntry[];
  /** Promotions that were asked for before (ms since 1970) are not judged. */
  readonly since: number;
  /** Of each recorded promotion: where it acts. Several homes may have environments of one name. */
  readonly sites: ReadonlyMap<string, string>;
  /** The promotions that the run asked for. */
  readonly asked: readonly string[];
  readonly letGo: readonly LetGo[];
}

/** One sentence for each thing that should not have been. */
export interface HistoryProblems {
  /** Asked for, and without an end; or on no record. */
  readonly lost: readonly string[];
  /** What happens once in a promotion, and did twice; or a ledger that was changed. */
  readonly doubled: readonly string[];
  /** Two promotions in one environment at the same time. */
  readonly overlapping: readonly string[];
  /** In its environment before what it waited for. */
  readonly early: readonly string[];
}

/** Judges a run by its ledger alone, whatever the views and the environments say. */
export function historyProblems(history: History): HistoryProblems {
  const { entries, since, letGo } = history;
  const asked = entries.filter(({ kind, at }) => kind === 'promotion.requested' && Date.parse(at) >= since);
  const subjects = new Set(asked.map(({ subject }) => subject));
  const own = { ...history, entries: entries.filter(({ subject }) => subjects.has(subject)) };
  const broken = firstBroken(entries);
  const chain = broken ? [`the ledger's chain breaks at entry ${broken.sequence}`] : [];
  return {
    lost: lost(own),
    doubled: [...doubled(own), ...chain],
    overlapping: overlapping(own),
    early: letGo.flatMap((one) => early(entries, one)),
  };
}

function lost({ entries, asked, sites }: History): string[] {
  const subjects = (kind: string) => entries.filter((one) => one.kind === kind).map(({ subject }) => subject);
  const ended = new Set(subjects('promotion.finished'));
  const requested = subjects('promotion.requested');
  const recorded = new Set(requested);
  return [
    ...asked.filter((id) => !recorded.has(id) || !sites.has(id)).map((id) => `promotion ${id} is on no record`),
    ...requested.filter((id) => !ended.has(id)).map((id) => `promotion ${id} has no end`),
  ];
}

function doubled({ entries }: History): string[] {
  const times = new Map<string, number>();
  for (const entry of entries) {
    const what = happensOnce(entry);
    if (what) times.set(what, (times.get(what) ?? 0) + 1);
  }
  return [...times].filter(([, count]) => count > 1).map(([what, count]) => `${what} ${count} times`);
}

/** What may stand in the ledger once. */
function happensOnce({ kind, subject, payload }: LedgerEntry): string | null {
  if (kind === 'step.finished') return `promotion ${subject} ended its step ${(payload as { key: string }).key}`;
  const once = ['requested', 'admitted', 'planned', 'finished'].map((what) => `promotion.${what}`);
  return once.includes(kind) ? `${kind} of ${subject}` : null;
}

/** From its plan to its end a promotion has its environment alone. */
function overlapping({ entries, sites }: History): string[] {
  const holders = new Map<string, string>();
  return entries.flatMap(({ kind, subject }) => {
    const site = sites.get(subject);
    if (site === undefined) return [];
    const holder = holders.get(site);
    const isOther = holder !== undefined && holder !== subject;
    if (kind === 'promotion.planned') holders.set(site, subject);
    if (kind === 'promotion.finished' && !isOther) holders.delete(site);
    const acts = kind === 'promotion.planned' || kind === 'step.finished';
    return acts && isOther ? [`${subject} acts on ${site} (${kind}) while ${holder} has it`] : [];
  });
}

function early(entries: readonly LedgerEntry[], { promotion, at, people }: LetGo): string[] {
  const own = entries.filter(({ subject }) => subject === promotion);
  const entered = own.find(({ kind }) => kind === 'promotion.admitted' || kind === 'promotion.planned');
  if (!entered) return [];
  const saidYes = own.filter(({ kind, sequence }) => kind === 'promotion.approved' && sequence < entered.sequence);
  const persons = new Set(saidYes.map(({ payload }) => (payload as { person: string }).person));
  const ahead = at - Date.parse(entered.at);
  return [
    ...(ahead > 0 ? [`${promotion} was let in ${ahead} ms before anything let it go`] : []),
    ...(persons.size < people ? [`${promotion} was let in by ${persons.size} people of ${people}`] : []),
  ];
}

/** How many rows there are, by table. */
export type RowCounts = Readonly<Record<string, number>>;

/** The tables that grew while a promotion waited, and was to cost nothing. */
export const grown = (before: RowCounts, after: RowCounts): string[] =>
  Object.entries(after)
    .filter(([table, count]) => count > (before[table] ?? 0))
    .map(([table, count]) => `waiting cost rows of ${table}: ${before[table] ?? 0} became ${count}`);
