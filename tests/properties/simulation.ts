import { type PromotionPorts, stepKinds } from '@soundbite/engine';
import { recordRequest } from '@soundbite/engine/requests.ts';
import type { Records } from '@soundbite/engine/store/records.ts';
import { stopForRollback } from '@soundbite/engine/sweep.ts';
import { decideAdmission } from '@soundbite/engine/workflow/admissions.ts';
import { begin, type WorkflowParts } from '@soundbite/engine/workflow/begin.ts';
import { interpret } from '@soundbite/engine/workflow/interpret.ts';
import type { Digest, PromotionRequest } from '@soundbite/model';
import { vi } from 'vitest';
import { environments, watchedFor } from '../parts/engine/declared.ts';
import { fakeWorld } from '../parts/engine/fakes.ts';
import { memoryRecords, WorkflowTakenOver } from './memory-records.ts';

/** What happens at a call that a promotion makes of the world or of its records. */
export type CallFate =
  | 'goes on'
  | 'fails'
  /** The process dies before the call, or after its effect. */
  | 'dies before'
  | 'dies after'
  /** It stops before the call, and another takes over. */
  | 'sleeps'
  /** Those that sleep go on. */
  | 'wakes'
  /** Somebody wants the next thing meanwhile. */
  | 'is asked';

/** What somebody wants. Releases are numbers: odd ones fail their smoke, the last is unhealthy once it has traffic. */
export type Wish =
  | { readonly is: 'promote'; readonly release: number }
  | { readonly is: 'rollback'; readonly release: number | null }
  | { readonly is: 'abort' }
  | { readonly is: 'clock'; readonly byMs: number };

export const releases = 6;
/** This one migrates the data. */
export const migrating = 2;

/** A history of one environment: who wants what, and what happens at each call, in order; after these all goes well. */
export interface History {
  readonly wishes: readonly Wish[];
  readonly fates: readonly CallFate[];
  /** Only what was deployed last can be published, as on Lambda. */
  readonly lambda: boolean;
  /** Seconds. */
  readonly watch: number;
}

/** Lives a history through, on a clock of its own, until nobody wants anything and nobody sleeps. */
export async function simulate(history: History) {
  const declared = watchedFor(environments[0] as (typeof environments)[number], history.watch);
  const world = fakeWorld([declared]);
  const store = memoryRecords();
  const digests = Array.from({ length: releases }, (_, number) =>
    number === migrating ? world.bringing(`${number}`, 'migration', 'compatibility') : world.add(`${number}`),
  );
  for (const [number, digest] of digests.entries()) if (number % 2 === 1) world.bad.add(digest);
  const sick = digests.at(-2);
  world.hooks.lambda = history.lambda;
  const takes = () => world.weights.get(declared.name)?.[0]?.release;
  world.hooks.healthy = () => takes() !== sick;

  const wishes = [...history.wishes];
  const fates = [...history.fates];
  const sleepers: (() => void)[] = [];
  const asleep = new Set<Promise<unknown>>();
  const unexpected: unknown[] = [];
  let life = 0;
  /** Whose changes of the environment came through, in order. */
  const changedBy: number[] = [];

  const wake = (): void => {
    for (const go of sleepers.splice(0)) go();
  };
  const want = async (): Promise<void> => {
    const wish = wishes.shift();
    if (wish)
      await act(wish, { ports: world.ports, store: store.records, rows: store.rows, name: declared.name, digests });
  };

  /** A call under a life, with whatever befalls it. */
  async function call<T>(own: number, die: () => void, make: () => Promise<T>): Promise<T> {
    const never = new Promise<never>(() => {});
    // A life that another one has taken over is left to end; nothing new befalls it.
    const fate = own === life ? (fates.shift() ?? 'goes on') : 'goes on';
    if (fate === 'fails') throw new BadLuck('no luck');
    if (fate === 'wakes') wake();
    if (fate === 'is asked') await want();
    if (fate === 'dies before') {
      die();
      return never;
    }
    if (fate === 'sleeps') {
      die();
      await new Promise<void>((resolve) => sleepers.push(resolve));
    }
    const value = await make();
    if (fate !== 'dies after') return value;
    die();
    return never;
  }

  /** The workflow of a promotion, life after life, until it has ended. */
  async function live(id: string): Promise<void> {
    for (let lives = 0; ; lives++) {
      if (lives > history.fates.length + 1) throw new Error(`promotion ${id} does not end`);
      const own = ++life;
      const death = Promise.withResolvers<'dead'>();
      const parts = partsOf(own, () => death.resolve('dead'));
      const run = (async () => {
        const begun = await begin(id, parts);
        if (begun) await interpret(begun);
        return 'done' as const;
      })().catch(async (error: unknown) => {
        if (error instanceof WorkflowTakenOver) return 'lost' as const;
        // A workflow that ends in an unforeseen way is followed by one that undoes what it did.
        if (error instanceof BadLuck) await store.records.breakOff(id, error.message);
        else unexpected.push(error);
        return 'lost' as const;
      });
      asleep.add(run);
      const how = await Promise.race([run, death.promise]);
      if (how !== 'dead') asleep.delete(run);
      if (how === 'done') return;
      if (unexpected.length > 0) throw unexpected[0];
    }
  }

  function partsOf(own: number, die: () => void): WorkflowParts {
    const through = <T extends object>(room: T): T =>
      new Proxy(room, {
        get(target, name) {
          const member = Reflect.get(target, name) as unknown;
          if (typeof member !== 'function' || answeredAtOnce.has(String(name))) return member;
          if (name === 'runtime') return () => through(world.ports.runtime('process'));
          return (...given: unknown[]) =>
            call(own, die, async () => {
              const value = await member.apply(target, given);
              if (changes.has(String(name))) changedBy.push(own);
              return value;
            });
        },
      });
    const ports = through({ ...world.ports, ...rooms(through, world.ports) }) as PromotionPorts;
    const records: typeof store.records = new Proxy(store.records, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown;
        // What is known without asking is not a call.
        if (typeof member !== 'function') return member;
        if (name === 'within') return () => records;
        return (...given: unknown[]) =>
          call(own, die, async () => {
            if (own !== life && writes.has(String(name))) throw new WorkflowTakenOver();
            return member.apply(target, given);
          });
      },
    });
    return {
      ports,
      records,
      locks: { holder: async () => null } as unknown as WorkflowParts['locks'],
      kinds: stepKinds,
      installation: 'simulated',
      wait: (_subjects, ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
  }

  const wholeLife = async (): Promise<void> => {
    for (;;) {
      const next = nextIn(store.rows);
      if (next) await live(next);
      else if (wishes.length > 0) await want();
      else break;
    }
    wake();
    await Promise.race([Promise.all(asleep), new Promise((resolve) => setTimeout(resolve, 3_600_000))]);
  };
  await onFakeClock(wholeLife);
  if (unexpected.length > 0) throw unexpected[0];
  return { world, store, name: declared.name, takes, changedBy };
}

/** A fault that nobody foresaw. */
class BadLuck extends Error {}

const writes = new Set([
  'migrationBegun',
  'begin',
  'note',
  'finish',
  'stepBegun',
  'stepEnded',
  'live',
  'infrastructure',
  'lost',
  'generation',
]);

/** What changes the environment: each says under which generation. */
const changes = new Set(['install', 'setWeights', 'retire', 'deploy']);

/** What is known without asking anybody is not a call. */
const answeredAtOnce = new Set(['declaration', 'emit', 'isHere', 'looksEveryMs', 'hasLimits']);

/** Rooms of the world whose members are calls. */
const rooms = (through: <T extends object>(room: T) => T, ports: PromotionPorts): Partial<PromotionPorts> => ({
  releases: through(ports.releases),
  infrastructure: through(ports.infrastructure),
  programs: through(ports.programs),
});

/** What holds the environment, else the most urgent that waits for it. */
function nextIn(rows: ReturnType<typeof memoryRecords>['rows']): string | undefined {
  const open = [...rows.values()].filter(({ end, isAdmitted }) => end === null && isAdmitted);
  const first =
    open.find(({ plan }) => plan !== null) ?? open.find(({ request }) => request.kind === 'rollback') ?? open[0];
  return first?.id;
}

interface Asking {
  readonly ports: PromotionPorts;
  readonly store: Records;
  readonly rows: ReturnType<typeof memoryRecords>['rows'];
  readonly name: string;
  readonly digests: readonly Digest[];
}

async function act(wish: Wish, { ports, store, rows, name, digests }: Asking): Promise<void> {
  if (wish.is === 'clock') return void vi.setSystemTime(Date.now() + wish.byMs);
  if (wish.is === 'abort') {
    const open = [...rows.values()].find(({ end }) => end === null);
    if (open) await store.stop(open.id, 'enough');
    return;
  }
  const release = wish.release === null ? undefined : digests[wish.release];
  const base = { environment: name, override: false, allowRemovals: [], actor: 'somebody' };
  const request: PromotionRequest = { ...base, kind: wish.is, ...(release ? { release } : {}) };
  // That there is nothing to go back to is an answer.
  const id = await recordRequest(ports, store, request).catch((error: { code?: string }) => {
    if (error.code !== 'nothing-to-roll-back-to' && error.code !== 'rollback-below-floor') throw error;
    return null;
  });
  if (id === null) return;
  const asked = await store.asked(id);
  const decision = await decideAdmission(ports, store, asked);
  if ((await store.decided(id, decision)) && decision.is === 'admitted') await stopForRollback(store, asked);
}

/** Runs what waits for time as fast as it can. */
async function onFakeClock(work: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  try {
    let isOver = false;
    const done = work().finally(() => {
      isOver = true;
    });
    done.catch(() => {});
    while (!isOver) await vi.advanceTimersByTimeAsync(1_000);
    await done;
  } finally {
    vi.useRealTimers();
  }
}
