import type { ServiceParts } from '../parts.ts';
import type { Soundbite } from '../soundbites/soundbite.ts';
import { isUnexpired } from '../stores/items.ts';
import { tableOver } from '../stores/table.ts';
import type { Item } from './expressions.ts';
import { type Items, memoryDb, type OnWrite } from './memory-db.ts';
import { settings } from './settings.ts';

/** How one step of an actor goes: taken; taken, and its answer lost; the actor killed before or after it. */
export type Fate = 'taken' | 'answer-lost' | 'killed-before' | 'killed-after';

interface Step {
  readonly actor: Actor;
  readonly go: (fate: Fate) => void;
}

interface Actor {
  readonly begun: number;
  dead: boolean;
}

const JOB_SECONDS = 30;
const MAX_ATTEMPTS = 3;

/** An actor that runs for longer is ended by its runtime. */
const LONGEST_LIFE_MS = 2_000 * JOB_SECONDS;

/**
 * A service in memory, whose processes (API, workers, sweeps) are the real code over stores of which each call is a step. The
 * test says whose step is next, and whether that process survives it.
 */
export class ServiceWorld {
  now = Date.parse('2026-01-01T00:00:00Z');
  readonly items: Items = new Map();
  readonly objects = new Set<string>();
  readonly messages: { readonly body: string; receives: number }[] = [];
  readonly waiting: Step[] = [];
  running = 0;
  onWrite: OnWrite = () => {};

  /** Starts a process that does one thing. */
  start(act: (parts: ServiceParts) => Promise<unknown>): void {
    const actor: Actor = { begun: this.now, dead: false };
    this.running += 1;
    const ended = () => {
      if (!actor.dead) this.running -= 1;
      actor.dead = true;
    };
    act(this.parts(actor)).then(ended, ended);
  }

  /** Takes the step of the `choice`th waiting process, and what follows without another. */
  async run(choice: number, fate: Fate): Promise<void> {
    const [step] = this.waiting.splice(choice % this.waiting.length, 1);
    if (step === undefined) return;
    step.go(this.now - step.actor.begun > LONGEST_LIFE_MS ? 'killed-before' : fate);
    await settled();
  }

  /** All soundbites as they stand now. */
  soundbites(): Soundbite[] {
    return this.ofKind('soundbite') as unknown as Soundbite[];
  }

  /** Items of one kind, by their sort key, whose time has not passed. */
  ofKind(kind: string): Item[] {
    return [...this.items.values()].filter((item) => item.sk === kind && isUnexpired(item, this.now));
  }

  private step<T>(actor: Actor, act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const go = (fate: Fate) => {
        if (fate === 'killed-before') return this.kill(actor);
        const result = act();
        if (fate === 'killed-after') return this.kill(actor);
        if (fate === 'answer-lost') reject(new Error('the answer got lost'));
        else resolve(result);
      };
      this.waiting.push({ actor, go });
    });
  }

  private kill(actor: Actor): void {
    actor.dead = true;
    this.running -= 1;
  }

  private parts(actor: Actor): ServiceParts {
    const step = <T>(act: () => T) => this.step(actor, act);
    const service = settings({ jobTimeoutSeconds: JOB_SECONDS, maxAttempts: MAX_ATTEMPTS });
    const log = { child: () => log, info() {}, warn() {}, error() {} };
    const { objects, messages } = this;
    const parts = {
      settings: { service },
      log,
      table: tableOver(
        memoryDb(
          this.items,
          () => this.now,
          step,
          (before, after) => this.onWrite(before, after),
        ),
        { service } as never,
      ),
      bucket: {
        put: (key: string) => step(() => void objects.add(key)),
        delete: (key: string) => step(() => void objects.delete(key)),
        keys: (prefix: string) => step(() => [...objects].filter((key) => key.startsWith(prefix))),
      },
      queue: { send: (body: string) => step(() => void messages.push({ body, receives: 0 })) },
      engineKind: { version: 'test-1', voice: () => 'voice' },
      engine: async () => ({ speak: () => step(() => ({ bytes: new Uint8Array(3), seconds: 1 })) }),
      now: () => this.now,
    };
    return parts as unknown as ServiceParts;
  }
}

/** Everything that can go on without a step has gone on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
