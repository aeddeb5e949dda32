import { type Engine, startEngine, stepKinds } from '@soundbite/engine';
import type { RevisedView } from '@soundbite/engine/store/records.ts';
import { type Declaration, type Digest, digestOf, isFinal } from '@soundbite/model';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { environments, watchedFor } from './declared.ts';
import { fakeWorld } from './fakes.ts';
import { temporaryDatabase } from './shared-database.ts';

type Asked = Partial<Parameters<Engine['request']>[0]>;

/** One engine on a database of its own and a world in memory, for the tests of the calling file. Hooks of the world are gone after each test. */
export function engineStage() {
  const world = fakeWorld(environments);
  let database: Awaited<ReturnType<typeof temporaryDatabase>> | undefined;
  const lost = (error: Error) => {
    throw error;
  };
  const on = {
    world,
    names: environments.map(({ name }) => name) as [string, string, string],
    /** There from the first test on, as is `sql`. */
    engine: undefined as unknown as Engine,
    sql: undefined as unknown as Client,
    get url(): string {
      return database?.url ?? '';
    },
    /** Starts an engine where the one before it was stopped. */
    start: (kinds = stepKinds) =>
      startEngine({ databaseUrl: on.url, executor: 'test', ports: world.ports, kinds, lost }),

    async ask(environment: string, more: Asked = {}): Promise<string> {
      const usual = { environment, kind: 'promote', override: false, actor: 'test' } as const;
      return (await on.engine.request({ ...usual, allowRemovals: [], ...more })).promotion;
    },
    async ended(id: string): Promise<RevisedView> {
      for (let seen: number | undefined; ; ) {
        const now = await on.engine.view(id, seen, 20_000);
        seen = now.revision;
        if (isFinal(now.state)) return now;
      }
    },
    /** A new release of that name, promoted whatever the order says. */
    async promoted(environment: string, name: string): Promise<Digest> {
      const release = world.add(name);
      const view = await on.ended(await on.ask(environment, { release, override: true, reason: 'test' }));
      expect(view.reason ?? view.state).toBe('succeeded');
      return release;
    },
    /** Until what keeps a promotion out is this gate, freeze or hold alone. */
    heldBy: (id: string, gate: string): Promise<RevisedView> =>
      vi.waitFor(async () => {
        const view = await on.engine.view(id);
        const gates = view.waitingFor.map((one) => one.gate);
        expect(gates, JSON.stringify(view)).toEqual([gate]);
        return view;
      }, 10_000),
    /** Nothing is held there any more. */
    async resumed(environment: string): Promise<void> {
      const { records } = on.engine;
      const { holds } = await records.acting(environment, null);
      const ids = holds.map(({ id }) => id);
      await records.resume(environment, ids, 'ana');
    },
    stepsOf: ({ steps }: RevisedView) => steps.map(({ name, state }) => `${name} ${state}`),

    /** Stops the next promotion in its shift, until `go`. */
    heldInShift() {
      const reached = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      world.hooks.beforeShift = () => {
        delete world.hooks.beforeShift;
        reached.resolve();
        return gate.promise;
      };
      return { reached: reached.promise, go: () => gate.resolve() };
    },
    /** The declaration with another watch. */
    watchedFor: (seconds: number): Declaration => ({
      digest: digestOf(`${seconds}`),
      environments: environments.map((environment) => watchedFor(environment, seconds)),
    }),
  };
  beforeAll(async () => {
    database = await temporaryDatabase();
    on.engine = await on.start();
    on.sql = new Client({ connectionString: on.url });
    await on.sql.connect();
  });
  afterEach(() => {
    for (const hook of Object.keys(world.hooks)) delete world.hooks[hook as keyof typeof world.hooks];
  });
  afterAll(async () => {
    await on.sql?.end();
    await on.engine?.stop();
    await database?.stop();
  });
  return on;
}
