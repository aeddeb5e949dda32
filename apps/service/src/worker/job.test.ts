import { describe, expect, it } from 'vitest';
import { BusyError } from '../engines/engine.ts';
import type { ServiceParts } from '../parts.ts';
import { accept } from '../soundbites/accept.ts';
import { ServiceWorld } from '../testing/world.ts';
import { createConsumer } from './consumer.ts';
import { handleDelivery } from './job.ts';

const speech = { text: 'One.', voice: 'amelia', format: 'wav', speed: 1, principal: '', rehearsal: false } as const;

async function takeAll(world: ServiceWorld): Promise<void> {
  while (world.waiting.length > 0) await world.run(0, 'taken');
}

function throttled(): Error {
  return Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
}

describe('a job that is turned away', () => {
  it.each([
    ['throttled by Polly', throttled()],
    ['out of patience for a speaker', new BusyError('every speaker was busy for too long')],
  ])('%s, uses up no try, of the soundbite or of the queue, however often it is', async (_how, turnedAway) => {
    const world = new ServiceWorld();
    world.start((parts) => accept(parts, speech));
    await takeAll(world);
    for (let time = 1; time <= 20; time++) {
      const [message] = world.messages.splice(0);
      expect(world.soundbites()[0]).toMatchObject({ attempts: 0 });
      const delivery = { messageId: 'm', receiptHandle: '', body: message?.body ?? '', receiveCount: 1 };
      world.start(async (parts: ServiceParts) => {
        const engine = async () => ({ speak: () => Promise.reject(turnedAway) }) as never;
        expect(await handleDelivery({ ...parts, engine }, delivery)).toEqual({ done: true });
      });
      await takeAll(world);
    }
    expect(world.messages).toHaveLength(1);
    expect(world.ofKind('audio')).toEqual([]); // nobody waits for a lease
    const [message] = world.messages;
    world.start((parts) =>
      handleDelivery(parts, { messageId: 'm', receiptHandle: '', body: message?.body ?? '', receiveCount: 1 }),
    );
    await takeAll(world);
    expect(world.soundbites()[0]).toMatchObject({ status: 'ready', attempts: 1 });
  });
});

describe('a consumer', () => {
  it('has four jobs in hand at once at most, so that those of two versions are within what Polly takes', async () => {
    const asked: number[] = [];
    const held = Promise.withResolvers<void>();
    const log = { child: () => log, info() {}, warn() {}, error() {} };
    const queue = {
      receive: async (max: number) => {
        asked.push(max);
        await new Promise((resolve) => setImmediate(resolve));
        return Array.from({ length: max }, (_, n) => ({
          messageId: `${n}`,
          receiptHandle: '',
          body: '{',
          receiveCount: 1,
        }));
      },
    };
    const now = () => Date.now();
    const table = {};
    const parts = { log: { ...log, child: () => log }, queue, table, now, settings: {} } as unknown as ServiceParts;
    const consumer = createConsumer(parts, () => held.promise as never);
    consumer.start();
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(consumer.inFlight).toBeLessThanOrEqual(4);
    }
    expect(Math.max(...asked)).toBe(4);
    held.resolve();
    await consumer.drain();
  });
});
