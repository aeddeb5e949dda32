import { describe, expect, it } from 'vitest';
import { accept } from '../soundbites/accept.ts';
import { newSoundbiteId } from '../soundbites/identity.ts';
import { forget } from '../soundbites/litter.ts';
import type { Soundbite } from '../soundbites/soundbite.ts';
import { audioKey, soundbiteItem } from '../stores/items.ts';
import { ServiceWorld } from '../testing/world.ts';
import { handleDelivery } from './job.ts';
import { sweepSoundbites } from './sweep.ts';

const speech = { text: 'One.', voice: 'amelia', format: 'wav', speed: 1, principal: '', rehearsal: false } as const;
const DAY = 86_400_000;

async function takeAll(world: ServiceWorld): Promise<void> {
  while (world.waiting.length > 0) await world.run(0, 'taken');
}

/** Accepts the same speech once more, makes it if need be, and gives the new soundbite. */
async function say(world: ServiceWorld): Promise<Soundbite> {
  const before = new Set(world.soundbites().map(({ id }) => id));
  world.start((parts) => accept(parts, speech));
  await takeAll(world);
  for (const { body } of world.messages.splice(0)) {
    world.start((parts) => handleDelivery(parts, { messageId: 'm', receiptHandle: '', body, receiveCount: 1 }));
  }
  await takeAll(world);
  const added = world.soundbites().find(({ id }) => !before.has(id));
  if (added?.status !== 'ready') throw new Error(`the new soundbite is ${added?.status}`);
  return added;
}

/** Accepts the speech; gives what delivers its message, for the nth time. */
async function accepted(world: ServiceWorld): Promise<(receiveCount: number) => void> {
  world.start((parts) => accept(parts, speech));
  await takeAll(world);
  const [body = ''] = world.messages.splice(0).map((message) => message.body);
  return (receiveCount) =>
    world.start((parts) => handleDelivery(parts, { messageId: 'm', receiptHandle: '', body, receiveCount }));
}

async function remove(world: ServiceWorld, soundbite: Soundbite): Promise<void> {
  world.start((parts) => forget(parts, soundbite));
  await takeAll(world);
}

const isHeard = (world: ServiceWorld, { audio }: Soundbite) => world.objects.has(audio?.key ?? '');

describe('equal speech', () => {
  it('keeps its audio when a sharer of an older making is deleted', async () => {
    const world = new ServiceWorld(); // keeps soundbites for 7 days
    const first = await say(world);
    world.now += 6 * DAY;
    const sharer = await say(world);
    expect(sharer.making).toBe(first.making);
    world.now += 2 * DAY; // the record of the first making has gone
    const second = await say(world);
    expect(second.making).not.toBe(first.making);
    await remove(world, sharer);
    expect(isHeard(world, second)).toBe(true);
    expect(await say(world)).toMatchObject({ making: second.making });
  });

  it('loses it with the last sharer, and is made anew', async () => {
    const world = new ServiceWorld();
    const [first, second] = [await say(world), await say(world)];
    await remove(world, first);
    expect(isHeard(world, second)).toBe(true);
    await remove(world, second);
    expect([world.objects.size, world.items.size]).toEqual([0, 0]);
    expect(isHeard(world, await say(world))).toBe(true);
  });
});

describe('an attempt that dies with its object, whose soundbite then shares what equal speech has', () => {
  /** Soundbites of equal speech: one whose first worker died after storing, and the maker of what it shares now. */
  async function shared(world: ServiceWorld): Promise<Soundbite> {
    const deliver = await accepted(world);
    deliver(1);
    while (world.objects.size === 0) await world.run(0, 'taken');
    await world.run(0, 'killed-before');
    world.now += 60_000; // its lease has run out
    const [id] = world.soundbites().map((one) => one.id);
    await say(world);
    deliver(1);
    await takeAll(world);
    const sharer = world.soundbites().find((one) => one.id === id);
    if (sharer?.status !== 'ready') throw new Error(`it is ${sharer?.status}`);
    return sharer;
  }

  it('leaves nothing after the next sweep', async () => {
    const world = new ServiceWorld();
    await shared(world);
    expect(world.objects.size).toBe(2);
    world.now += 20 * 60_000;
    world.start((parts) => sweepSoundbites(parts));
    await takeAll(world);
    expect(world.objects.size).toBe(1);
  });

  it('leaves nothing though the soundbite is deleted before', async () => {
    const world = new ServiceWorld();
    await remove(world, await shared(world));
    world.now += 20 * 60_000;
    world.start((parts) => sweepSoundbites(parts));
    await takeAll(world);
    expect(world.objects.size).toBe(1);
  });
});

it('an attempt that fails because the answer to its beginning got lost leaves no lease', async () => {
  const world = new ServiceWorld();
  const deliver = await accepted(world);
  deliver(3);
  await world.run(0, 'taken');
  await world.run(0, 'answer-lost');
  await takeAll(world);
  expect(world.soundbites()).toMatchObject([{ status: 'failed', attempts: 1 }]);
  expect(world.ofKind('audio')).toHaveLength(1);
  world.now += 20 * 60_000;
  world.start((parts) => sweepSoundbites(parts));
  await takeAll(world);
  expect([world.ofKind('audio'), world.ofKind('litter')]).toEqual([[], []]);
});

describe('audio of versions before makings had ids', () => {
  /** A soundbite, and the record of its speech, as the version before wrote them. */
  function oldOnes(world: ServiceWorld, { refs, recordAge = 0 }: { refs: number; recordAge?: number }): Soundbite {
    const [digest, key] = ['d'.repeat(64), `audio/${'d'.repeat(64)}.wav`];
    const audio = { key, bytes: 3, seconds: 1 };
    const at = new Date(world.now).toISOString();
    const life = world.now / 1000 + (7 * DAY) / 1000;
    const old: Soundbite = {
      ...({
        id: newSoundbiteId(world.now),
        status: 'ready',
        text: 'Old.',
        voice: 'amelia',
        format: 'wav',
        speed: 1,
      } as const),
      ...{ audio, digest, engine: 'test-0', attempts: 1, callbackAttempts: 0, createdAt: at, updatedAt: at },
      ...{ expiresAt: life, rehearsal: false },
    };
    world.items.set(`audio#${digest}|audio`, { ...audioKey(digest), audio, refs, expiresAt: life - recordAge / 1000 });
    world.objects.add(key);
    world.items.set(`soundbite#${old.id}|soundbite`, soundbiteItem(old));
    return old;
  }

  it('goes with the last of them', async () => {
    const world = new ServiceWorld();
    const old = oldOnes(world, { refs: 2 });
    await remove(world, old);
    expect(isHeard(world, old)).toBe(true);
    const other = oldOnes(world, { refs: 1 });
    await remove(world, other);
    expect([world.objects.size, world.items.size]).toEqual([0, 0]);
  });

  it('stays when the record is of a later making', async () => {
    const world = new ServiceWorld();
    const old = oldOnes(world, { refs: 1, recordAge: -2 * DAY });
    await remove(world, old);
    expect(isHeard(world, old)).toBe(true);
    expect(world.ofKind('audio')).toMatchObject([{ refs: 1 }]);
  });

  it('is not counted together with that of this version, whichever of the two deletes', async () => {
    const world = new ServiceWorld();
    await say(world);
    // What the version before asks of a record before it takes a share of it back: `attribute_exists(audio)`.
    expect(world.ofKind('audio').map((record) => 'audio' in record)).toEqual([false]);
  });
});
