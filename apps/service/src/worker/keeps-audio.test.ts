import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { accept } from '../soundbites/accept.ts';
import { forget } from '../soundbites/litter.ts';
import { type Fate, ServiceWorld } from '../testing/world.ts';
import { handleDelivery } from './job.ts';
import { sweepSoundbites } from './sweep.ts';

// Whoever waits for another's making waits for a turn, not for a clock.
vi.mock('node:timers/promises', () => ({ setTimeout: () => new Promise((resolve) => setImmediate(resolve)) }));

type Command =
  | { readonly kind: 'accept'; readonly text: string }
  | { readonly kind: 'deliver' | 'delete'; readonly which: number }
  | { readonly kind: 'sweep' }
  | { readonly kind: 'tick'; readonly seconds: number }
  | { readonly kind: 'run'; readonly which: number; readonly fate: Fate };

/** On a busy machine fewer of them, so that it ends in time. */
const RUNS = Number(process.env.SOUNDBITE_RUNS ?? 200);

const which = fc.nat(1_000);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('accept' as const), text: fc.constantFrom('one', 'two') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deliver' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick' as const), seconds: fc.constantFrom(1, 29, 31, 200) }) },
  { weight: 1, arbitrary: fc.constant<Command>({ kind: 'tick', seconds: 4 * 86_400 }) },
  {
    weight: 24,
    arbitrary: fc.record({
      kind: fc.constant('run' as const),
      which,
      fate: fc.oneof(
        { weight: 20, arbitrary: fc.constant<Fate>('taken') },
        { weight: 1, arbitrary: fc.constantFrom<Fate>('answer-lost', 'killed-before', 'killed-after') },
      ),
    }),
  },
);

describe('audio under every interleaving of makers, sharers, deletions and sweeps, with processes that die', () => {
  it(
    'no ready soundbite is without audio; at rest no object, lease, share or note is left over',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 160 }), async (script) => {
          const world = new ServiceWorld();
          const began = world.now;
          for (const one of script) {
            await obey(world, one);
            everyReadyOneHasAudio(world);
          }
          const expired = world.now - began > 6 * 86_400_000;
          await comeToRest(world);
          nothingIsLeftOver(world, expired);
        }),
        { numRuns: RUNS, interruptAfterTimeLimit: 20_000 + 10 * RUNS },
      );
    },
    60_000 + 15 * RUNS,
  );
});

async function obey(world: ServiceWorld, one: Command): Promise<void> {
  if (one.kind === 'tick') world.now += one.seconds * 1_000;
  if (one.kind === 'run') await world.run(one.which, one.fate);
  if (one.kind === 'sweep') world.start((parts) => sweepSoundbites(parts));
  if (one.kind === 'deliver') deliver(world, one.which);
  if (one.kind === 'delete') {
    const known = world.soundbites();
    const id = known[one.which % known.length]?.id;
    if (id !== undefined) remove(world, id);
  }
  if (one.kind === 'accept') {
    const speech = { text: one.text, voice: 'amelia', format: 'wav', speed: 1 } as const;
    world.start((parts) => accept(parts, { ...speech, principal: '', rehearsal: false }));
  }
}

/** As the route does. */
function remove(world: ServiceWorld, id: string): void {
  world.start(async (parts) => {
    for (let attempt = 1; attempt <= 3; attempt++) {
      const soundbite = await parts.table.soundbite(id);
      if (soundbite === undefined || (await forget(parts, soundbite))) return;
    }
  });
}

/** One delivery of one message; it stays in the queue until a worker that lives says that it is done. */
function deliver(world: ServiceWorld, choice: number): void {
  const message = world.messages[choice % world.messages.length];
  if (message === undefined) return;
  message.receives += 1;
  const delivery = { messageId: 'm', receiptHandle: '', body: message.body, receiveCount: message.receives };
  world.start(async (parts) => {
    const verdict = await handleDelivery(parts, delivery);
    if (verdict.done || message.receives >= 3) world.messages.splice(world.messages.indexOf(message) >>> 0, 1);
  });
}

function everyReadyOneHasAudio(world: ServiceWorld): void {
  for (const { id, status, audio } of world.soundbites()) {
    if (status === 'ready') expect([id, world.objects.has(audio?.key ?? '')]).toEqual([id, true]);
  }
}

/** Lets everything that runs come to its end, and time pass, until nothing is left to do. */
async function comeToRest(world: ServiceWorld): Promise<void> {
  for (let round = 0; round < 40; round++) {
    for (let turn = 0; world.waiting.length > 0 && turn < 5_000; turn++) {
      if (turn % 20 === 19) world.now += 1_000;
      await world.run(0, 'taken');
      everyReadyOneHasAudio(world);
    }
    world.now += 20 * 60_000;
    world.start((parts) => sweepSoundbites(parts));
    for (const message of [...world.messages]) deliver(world, world.messages.indexOf(message));
    await new Promise((resolve) => setImmediate(resolve));
    if (round > 3 && world.messages.length === 0 && world.ofKind('open').length + world.ofKind('litter').length === 0)
      break;
  }
  for (let turn = 0; world.waiting.length > 0 && turn < 5_000; turn++) await world.run(0, 'taken');
}

/** `expired`: records may have gone by their time, and then the bucket's lifecycle takes the objects. */
function nothingIsLeftOver(world: ServiceWorld, expired: boolean): void {
  const soundbites = world.soundbites();
  expect(soundbites.filter(({ status }) => status !== 'ready' && status !== 'failed')).toEqual([]);
  expect([...world.ofKind('open'), ...world.ofKind('litter')]).toEqual([]);
  const ready = soundbites.filter(({ status }) => status === 'ready');
  for (const record of world.ofKind('audio')) {
    expect(record.made).toBeDefined();
    const sharers = ready.filter(({ making }) => making === record.making).length;
    if (expired) expect(record.shares).toBeGreaterThanOrEqual(sharers);
    else expect([record.shares, sharers]).toEqual([sharers, record.shares]);
    if (!expired) expect(sharers).toBeGreaterThan(0);
  }
  const played = new Set(ready.map(({ audio }) => audio?.key ?? ''));
  if (!expired) expect([...world.objects].sort()).toEqual([...played].sort());
}
