import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Digest, type PromotionRequest, toErrorDocument } from '@soundbite/model';
import type { MoreGates } from './declared.ts';
import type { fakeWorld } from './fakes.ts';

export type ToProcess =
  | { readonly kind: 'request'; readonly request: unknown; readonly id: string }
  | { readonly kind: 'reconcile'; readonly environment: string }
  | { readonly kind: 'forget'; readonly environment: string; readonly home: string; readonly id: string }
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly code: string; readonly message: string };

export type FromProcess =
  | { readonly kind: 'ready' }
  | { readonly kind: 'requested'; readonly id: string; readonly promotion: string }
  | { readonly kind: 'forgotten'; readonly id: string; readonly refused: string | null }
  | { readonly kind: 'event'; readonly code: string; readonly message: string }
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] };

/** A control plane in a process of its own that acts on the world of this one. */
export interface OtherProcess {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves when it takes requests. */
  readonly ready: Promise<void>;
  /** Events of its engine, as `code: message`. */
  readonly events: readonly string[];
  /** Asks its engine to promote a release; the promotion's id. */
  promote(environment: string, release: Digest, more?: Partial<PromotionRequest>): Promise<string>;
  /** Has its engine forget another home's environment; why it does not. */
  forget(environment: string, home: string): Promise<string | null>;
  /** Has its engine bring back what the records say is live. */
  reconcile(environment: string): void;
  /** Its next call of `method`, once the calls in `after` were made, is not answered before `go` is called; `reached` resolves when it has come. */
  hold(method: string, after: readonly string[]): { readonly reached: Promise<void>; go(): void };
  stop(): Promise<void>;
}

interface Held {
  readonly method: string;
  readonly after: readonly string[];
  readonly from: number;
  readonly reached: PromiseWithResolvers<void>;
  readonly gone: PromiseWithResolvers<void>;
}

/** Starts one; `home`: the one that it belongs to, where several share the database; `real`: environments on real accounts; `gates`: what environments have beside theirs. */
export function startOther(
  name: string,
  databaseUrl: string,
  world: ReturnType<typeof fakeWorld>,
  {
    home = '',
    real = [],
    gates = {},
  }: { readonly home?: string; readonly real?: readonly string[]; readonly gates?: MoreGates } = {},
): OtherProcess {
  const { ports } = world;
  const rooms = {
    ports,
    releases: ports.releases,
    infrastructure: ports.infrastructure,
    programs: ports.programs,
    runtime: ports.runtime('process'),
  };
  const args = [databaseUrl, name, home, real.join(), JSON.stringify(gates)];
  const child = fork(join(import.meta.dirname, 'control-plane-process.ts'), args, { stdio: 'inherit' });
  const answer = (message: ToProcess): void => {
    if (child.connected) child.send(message);
  };
  const events: string[] = [];
  const made: string[] = [];
  const holds = new Set<Held>();

  async function take({ id, method, args }: Extract<FromProcess, { kind: 'call' }>): Promise<void> {
    const held = [...holds].find(
      (one) => one.method === method && one.after.every((before) => made.includes(before, one.from)),
    );
    made.push(method);
    if (held) {
      holds.delete(held);
      held.reached.resolve();
      await held.gone.promise;
    }
    const [room = '', call = ''] = method.split('.');
    const callable = rooms[room as keyof typeof rooms] as unknown as Record<
      string,
      (...args: readonly unknown[]) => Promise<unknown>
    >;
    try {
      answer({ kind: 'value', id, value: await callable[call]?.(...args) });
    } catch (error) {
      const { code, message } = toErrorDocument(error);
      answer({ kind: 'error', id, code, message });
    }
  }

  child.on('message', (message: FromProcess) => {
    if (message.kind === 'call') void take(message);
    if (message.kind === 'event') events.push(`${message.code}: ${message.message}`);
  });
  const ready = said(child, 'ready').then(() => {});
  return {
    name,
    child,
    ready,
    events,
    async promote(environment, release, more = {}) {
      const id = randomUUID();
      const usual = { environment, kind: 'promote', release, override: false, allowRemovals: [], actor: name };
      const request = { ...usual, ...more };
      answer({ kind: 'request', id, request });
      return (await said(child, 'requested', (message) => message.id === id)).promotion;
    },
    async forget(environment, home) {
      const id = randomUUID();
      answer({ kind: 'forget', environment, home, id });
      return (await said(child, 'forgotten', (message) => message.id === id)).refused;
    },
    reconcile: (environment) => answer({ kind: 'reconcile', environment }),
    hold(method, after) {
      const held: Held = {
        method,
        after,
        from: made.length,
        reached: Promise.withResolvers(),
        gone: Promise.withResolvers(),
      };
      holds.add(held);
      return { reached: held.reached.promise, go: () => held.gone.resolve() };
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The next message of a kind that fits. */
function said<K extends FromProcess['kind']>(
  child: ChildProcess,
  kind: K,
  fits: (message: Extract<FromProcess, { kind: K }>) => boolean = () => true,
): Promise<Extract<FromProcess, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the process ended before it said ${kind}`));
    const hear = (message: FromProcess) => {
      if (message.kind !== kind || !fits(message as Extract<FromProcess, { kind: K }>)) return;
      child.off('message', hear).off('exit', ended);
      resolve(message as Extract<FromProcess, { kind: K }>);
    };
    child.on('message', hear).once('exit', ended);
  });
}
