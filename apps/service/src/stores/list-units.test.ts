import { describe, expect, it } from 'vitest';
import { accept } from '../soundbites/accept.ts';
import type { Item } from '../testing/expressions.ts';
import { ServiceWorld } from '../testing/world.ts';
import { handleDelivery } from '../worker/job.ts';

/** What production declares: soundbites a second, and bytes of a text. */
const A_SECOND = 200;
const TEXT_BYTES = 3_000;

/** A partition takes so many write units a second. */
const MOST_UNITS = 1_000;

/** Bytes of an item by DynamoDB's rules: names and values in UTF-8; 3 for a map, 1 more for each of its members; a number by its digits. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (typeof value !== 'object' || value === null) return 1;
  return 3 + Object.entries(value).reduce((sum, [name, one]) => sum + 1 + Buffer.byteLength(name) + sizeOf(one), 0);
}

const unitsOf = (item: Item) => Math.ceil((sizeOf(item) - 3) / 1024);

/** Write units of the table (each write is in a transaction: twice) and of its index, by partition key. */
function count(world: ServiceWorld): Map<string, number> {
  const units = new Map<string, number>();
  const add = (key: string, more: number) => units.set(key, (units.get(key) ?? 0) + more);
  world.onWrite = (before, after) => {
    const sizes = [before, after].map((item) => (item === undefined ? 0 : unitsOf(item)));
    const most = Math.max(...sizes, 1);
    add(`table ${(after ?? before)?.pk}`, 2 * most);
    const [was, is] = [before, after].map((item) => item && `${item.list}|${item.order}`);
    const listed = [before, after].map((item) => item?.list !== undefined);
    if (listed[0] && listed[1] && was === is) return add(`index ${after?.list}`, most);
    if (listed[0]) add(`index ${before?.list}`, sizes[0] ?? 0);
    if (listed[1]) add(`index ${after?.list}`, sizes[1] ?? 0);
  };
  return units;
}

/** One second of a steady stream: so many are accepted, made, called back for once in vain, and then with success. */
async function aSecond(text: (n: number) => string): Promise<Map<string, number>> {
  const world = new ServiceWorld();
  const units = count(world);
  for (let n = 0; n < A_SECOND; n++) {
    const order = { text: text(n), voice: 'amelia', format: 'wav', speed: 1, principal: '', rehearsal: false } as const;
    const callbackUrl = `https://example.com/${'c'.repeat(100)}`;
    world.start((parts) => accept(parts, { ...order, callbackUrl, idempotencyKey: `key-${n}` }));
  }
  await takeAll(world);
  for (const { body } of [...world.messages]) {
    const delivery = { messageId: 'm', receiptHandle: '', body, receiveCount: 1 };
    world.start(async (parts) => {
      await handleDelivery(parts, delivery);
      const made = await parts.table.soundbite((JSON.parse(body) as { id: string }).id);
      if (made !== undefined) await parts.table.settleCallback(made, 'delivered');
    });
    await takeAll(world);
  }
  expect(
    world.soundbites().filter(({ status, callback }) => status === 'ready' && callback === 'delivered'),
  ).toHaveLength(A_SECOND);
  return units;
}

async function takeAll(world: ServiceWorld): Promise<void> {
  while (world.waiting.length > 0) await world.run(0, 'taken');
}

const busiest = (units: Map<string, number>, kind: string) =>
  Math.max(...[...units].filter(([key]) => key.startsWith(kind)).map(([, sum]) => sum));

describe('write units of a second at the declared rate, on the busiest key', () => {
  it('of texts that all differ', async () => {
    const units = await aSecond((n) => `${n} `.padEnd(TEXT_BYTES, 'x'));
    const list = [...units].filter(([key]) => key.startsWith('index soundbites'));
    expect(list).toHaveLength(8);
    expect(list.reduce((sum, [, one]) => sum + one, 0)).toBeGreaterThan(2 * MOST_UNITS); // one key would not do
    expect(busiest(units, 'index soundbites')).toBeLessThan(MOST_UNITS);
    expect(busiest(units, 'index open')).toBe(2 * A_SECOND);
    expect(busiest(units, 'table')).toBeLessThan(100);
  });

  it('of one text, whose record all of them share', async () => {
    const units = await aSecond(() => 'x'.repeat(TEXT_BYTES));
    expect(busiest(units, 'index')).toBeLessThan(MOST_UNITS);
    expect(busiest(units, 'table audio#')).toBeLessThan(MOST_UNITS);
  });
});
