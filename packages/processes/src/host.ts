import type { ProcessSpec, RunningProcess, Supervisor } from '@soundbite/model';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { Neighbours } from './child.ts';
import { Child } from './child.ts';
import type { HomePaths } from './home.ts';
import { keepPorts, lastPorts } from './last-ports.ts';
import { readRecords, saveRecord } from './process-records.ts';
import { checkEnv, checkSpec } from './spec.ts';

/** Events of a host; its owner decides how to handle them. */
export type HostEvent = { readonly code: string; readonly name: string; readonly text: string };

/** All supervised processes of one home. Only the holder of the home's lock may make one. */
export class Host implements Supervisor {
  readonly #home: HomePaths;
  readonly #children = new Map<string, Child>();
  readonly #neighbours: Neighbours;
  readonly #lastPorts: ReadonlyMap<string, number>;
  #leaving = false;

  constructor(home: HomePaths, emit: (event: HostEvent) => void) {
    this.#home = home;
    this.#neighbours = { takenPorts: (except) => this.#takenPorts(except), emit };
    this.#lastPorts = lastPorts(home);
    for (const record of readRecords(home)) {
      this.#children.set(record.spec.name, new Child(home, record, this.#neighbours));
    }
  }

  /** Adopts what runs with an equal spec, starts the others, ends what is no longer wanted. */
  async restore(): Promise<void> {
    const all = [...this.#children.values()];
    await Promise.all(all.map((child) => child.restore().catch(this.#emitAs('not-restored', child))));
  }

  /** It goes down: it starts nothing any more, and is gone soon. */
  get isLeaving(): boolean {
    return this.#leaving;
  }

  async ensure(spec: ProcessSpec, initial = false): Promise<RunningProcess> {
    checkSpec(spec);
    if (this.#leaving) {
      const hint = 'wait until it is down, then run `soundbite up`';
      throw new SoundBiteError('host-down', `the host is shutting down and starts no process: ${spec.name}`, { hint });
    }
    return await this.#childFor(spec, initial).ensure(spec, initial);
  }

  async amend(name: string, env: Readonly<Record<string, string>>): Promise<void> {
    checkEnv(env);
    const child = this.#children.get(name);
    if (child === undefined || !child.record.wanted) {
      throw new SoundBiteError('process-unknown', `there is no process ${name}`, { hint: 'ensure it first' });
    }
    await child.amend(env);
  }

  async stop(name: string): Promise<void> {
    await this.#children.get(name)?.stop();
  }

  async list(): Promise<readonly RunningProcess[]> {
    return this.#wanted().map((child) => child.view());
  }

  /** Ends all: the initial ones first, since they use the others; then the deepest, so that nothing loses its dependencies. */
  async down(): Promise<void> {
    this.#leaving = true;
    this.#keepPorts();
    for (const children of this.#fromTheTop()) await Promise.all(children.map((child) => child.stop()));
  }

  /** The home was moved while its processes run: what uses the others goes first, so that it asks for them at their new place. */
  async relocate(from: string, to: string): Promise<void> {
    for (const children of this.#fromTheTop())
      await Promise.all(children.map((child) => child.relocate(from, to).catch(this.#emitAs('not-relocated', child))));
  }

  /** Lets go of all processes, which live on for the next host. */
  release(): void {
    this.#leaving = true;
    for (const child of this.#children.values()) child.release();
  }

  /** What cannot be kept is reported: everything ends all the same. Who has not come back since the last `down` keeps what he had then. */
  #keepPorts(): void {
    const had = this.#wanted().flatMap(({ record: { spec, port } }) =>
      spec.keepsPort === undefined || port === null ? [] : [[spec.name, port] as const],
    );
    if (had.length === 0) return;
    try {
      keepPorts(this.#home, new Map([...this.#awaited(), ...had]));
    } catch (error) {
      this.#neighbours.emit({ code: 'ports-not-kept', name: 'host', text: (error as Error).message });
    }
  }

  /** Whose ports were kept, and who has not come back yet. */
  #awaited(): readonly (readonly [name: string, port: number])[] {
    return [...this.#lastPorts].filter(([name]) => !this.#children.has(name));
  }

  #emitAs(code: string, child: Child): (error: Error) => void {
    return (error) => this.#neighbours.emit({ code, name: child.record.spec.name, text: error.message });
  }

  /** The initial ones, then the others by depth, the deepest first. */
  #fromTheTop(): readonly (readonly Child[])[] {
    const depthOf = (child: Child) => (child.record.initial ? Number.POSITIVE_INFINITY : child.record.depth);
    const all = [...this.#children.values()];
    const depths = [...new Set(all.map(depthOf))].sort((a, b) => (a < b ? 1 : -1));
    return depths.map((depth) => all.filter((child) => depthOf(child) === depth));
  }

  #childFor(spec: ProcessSpec, initial: boolean): Child {
    const known = this.#children.get(spec.name);
    if (known !== undefined) return known;
    const record = {
      spec,
      wanted: true,
      initial,
      depth: this.#nextDepth(),
      port: (spec.keepsPort && this.#lastPorts.get(spec.name)) ?? null,
      run: null,
    };
    // On disk before it is in the map: a full disk refuses the process and leaves no trace of it.
    saveRecord(this.#home, record);
    const child = new Child(this.#home, record, this.#neighbours);
    this.#children.set(spec.name, child);
    return child;
  }

  /** A stopped name stays in the map, so that a request for it meanwhile waits for the stop. */
  #wanted(): readonly Child[] {
    return [...this.#children.values()].filter((child) => child.record.wanted);
  }

  #nextDepth(): number {
    const healthy = this.#wanted().filter((child) => child.isHealthy && !child.record.initial);
    return 1 + Math.max(0, ...healthy.map((child) => child.record.depth));
  }

  #takenPorts(except: string): ReadonlySet<number> {
    const others = this.#wanted().filter((child) => child.record.spec.name !== except);
    const theirs = others.map((child) => child.record.port).filter((port) => port !== null);
    return new Set([...theirs, ...this.#awaited().map(([, port]) => port)]);
  }
}
