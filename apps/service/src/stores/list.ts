import type { Soundbite } from '../soundbites/soundbite.ts';
import type { Db } from './db.ts';
import { INDEX, LISTS, soundbiteFromItem } from './items.ts';

/** One page of the list of soundbites, newest first. `next`: from which on (exclusively) the list goes on. */
export interface ListPage {
  readonly soundbites: Soundbite[];
  readonly next: string | undefined;
}

/** One of the index's keys, as far as it was read. */
interface Branch {
  readonly list: string;
  readonly found: Soundbite[];
  /** Everything from here on upwards was read. */
  read: string | undefined;
  more: boolean;
}

/** Rounds of reading for one page. More are needed only where soundbites past their time lie; the next page goes on there. */
const MOST_ROUNDS = 6;

/**
 * Reads a page. The list is spread over several keys of the index, in each of which it is in order: they are read side by side,
 * a little more than their part of the page, and those again that have not given enough.
 * @param after the id of the last one seen
 */
export async function listPage(db: Db, limit: number, after?: string): Promise<ListPage> {
  const branches: Branch[] = LISTS.map((list) => ({ list, found: [], read: after, more: true }));
  let hungry = branches;
  for (let round = 0; round < MOST_ROUNDS && hungry.length > 0; round++) {
    const part = (Math.ceil(limit / (LISTS.length - 1)) + 2) * 2 ** round;
    await Promise.all(hungry.map((branch) => readOn(db, branch, part)));
    const last = inOrder(branches)[limit - 1]?.id ?? '';
    hungry = branches.filter(({ more, read }) => more && (read ?? '') > last);
  }
  return page(branches, hungry, limit);
}

function page(branches: readonly Branch[], hungry: readonly Branch[], limit: number): ListPage {
  // Where a branch is still hungry, what lies further back than it was read is not known to be in order.
  const known =
    hungry
      .map(({ read }) => read ?? '')
      .sort()
      .at(-1) ?? '';
  const all = inOrder(branches);
  const soundbites = all.filter(({ id }) => id >= known).slice(0, limit);
  if (soundbites.length < limit && hungry.length > 0) return { soundbites, next: known };
  const isMore = all.length > limit || branches.some(({ more }) => more);
  return { soundbites, next: isMore ? soundbites.at(-1)?.id : undefined };
}

function inOrder(branches: readonly Branch[]): Soundbite[] {
  return branches.flatMap(({ found }) => found).sort((one, other) => (one.id < other.id ? 1 : -1));
}

async function readOn(db: Db, branch: Branch, limit: number): Promise<void> {
  const { list, read } = branch;
  const { Items = [], LastEvaluatedKey } = await db.document.query({
    TableName: db.table,
    IndexName: INDEX,
    KeyConditionExpression: read === undefined ? '#list = :list' : '#list = :list AND #order < :read',
    FilterExpression: 'expiresAt > :now',
    ExpressionAttributeNames: { '#list': 'list', ...(read === undefined ? {} : { '#order': 'order' }) },
    ExpressionAttributeValues: {
      ':list': list,
      ':now': db.epochSeconds(),
      ...(read === undefined ? {} : { ':read': read }),
    },
    ScanIndexForward: false,
    Limit: limit,
  });
  branch.found.push(...Items.map(soundbiteFromItem));
  branch.more = LastEvaluatedKey !== undefined;
  branch.read = (LastEvaluatedKey?.order as string | undefined) ?? branch.read;
}
