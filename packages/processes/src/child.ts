import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import type { ProcessSpec, RunningProcess } from '@soundbite/model';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { HomePaths } from './home.ts';
import type { ProcessIdentity } from './identity.ts';
import { isAlive, signal } from './identity.ts';
import { rotate, tail } from './logs.ts';
import { removeStale } from './pid-file.ts';
import { pickPort } from './ports.ts';
import type { ProcessRecord, RecordedRun } from './process-records.ts';
import { removeRecord, saveRecord } from './process-records.ts';
import { relocated } from './relocate.ts';
import type { EndedChild } from './spawn.ts';
import { spawnDetached } from './spawn.ts';
import { specDigest, withPort } from './spec.ts';
import { reap, stopProcess } from './stop.ts';
import type { ProcessRun } from './watch.ts';
import { watch } from './watch.ts';

const timing = {
  backoffFirstMs: 200,
  backoffLastMs: 10_000,
  /** Healthy for so long: the next end counts as the first. */
  calmMs: 10_000,
  /** Was healthy, then unhealthy for this long: it hangs and is restarted. */
  hungMs: 60_000,
  withinMs: 30_000,
  stopWithinMs: 10_000,
  /** So many ends in a row while somebody waits: it will not become healthy. */
  endsUntilRefused: 4,
} as const;

/** What a child needs from its host. */
export interface Neighbours {
  /** Ports that other processes of this host use or will use again. */
  takenPorts(exceptName: string): ReadonlySet<number>;
  /** Reports what cannot be thrown at anybody. */
  emit(event: { readonly code: string; readonly name: string; readonly text: string }): void;
}

/** One supervised name: starts, watches, restarts and stops its process. Its record on disk is always ahead of the process. */
export class Child {
  readonly #home: HomePaths;
  readonly #neighbours: Neighbours;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #record: ProcessRecord;
  #run: ProcessRun | null = null;
  #state: RunningProcess['state'] = 'starting';
  #reason: string | undefined;
  #restarts = 0;
  #endsInRow = 0;
  #endsSeen = 0;
  #endCode: number | null = null;
  #cannotStart = false;
  #unsaved = false;
  #startedAt = new Date().toISOString();
  #turn: Promise<unknown> = Promise.resolve();
  #again: NodeJS.Timeout | undefined;

  constructor(home: HomePaths, record: ProcessRecord, neighbours: Neighbours) {
    this.#home = home;
    this.#record = record;
    this.#neighbours = neighbours;
  }

  get record(): ProcessRecord {
    return this.#record;
  }

  /** Where it is now: a home may be moved. */
  get #log(): string {
    return join(this.#home.logs, `${this.#record.spec.name}.log`);
  }

  get isHealthy(): boolean {
    return this.#state === 'healthy';
  }

  view(): RunningProcess {
    return {
      name: this.#record.spec.name,
      pid: this.#run?.identity.pid ?? null,
      port: this.#record.port,
      state: this.#state,
      restarts: this.#restarts,
      startedAt: this.#startedAt,
      log: this.#log,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
    };
  }

  /** Takes over what an earlier host left: adopts the process if it satisfies the spec, else starts or stops it. */
  restore(): Promise<void> {
    return this.#inTurn(async () => {
      const recorded = this.#record.run;
      if (!this.#record.wanted) return await this.#remove();
      if (recorded !== null && isAlive(recorded.identity)) {
        if (recorded.accepts.includes(specDigest(this.#record.spec))) return this.#adopt(recorded);
        await this.#end();
      }
      if (recorded === null || this.#record.spec.restart === 'always') return await this.#start();
      this.#settle('ended', `it ended while no host watched it\n${tail(this.#log, 10)}`);
    });
  }

  /** Makes the process satisfy the spec and waits until it is healthy. Errors: `process-unhealthy`, `process-not-started`, `disk-full`, `no-free-port`. */
  async ensure(spec: ProcessSpec, initial: boolean): Promise<RunningProcess> {
    await this.#inTurn(async () => {
      const digest = specDigest(spec);
      const before = this.#record;
      if (digest !== specDigest(before.spec) || before.initial !== initial || !before.wanted)
        this.#save({ ...before, spec, initial, wanted: true });
      if (this.#run?.accepts.includes(digest)) return;
      await this.#end(before.spec);
      this.#endsInRow = 0;
      await this.#start();
    });
    return await this.#healthy(spec);
  }

  /** Changes the env of the next start; the process that runs counts as satisfying the changed spec. */
  amend(env: Readonly<Record<string, string>>): Promise<void> {
    return this.#inTurn(async () => {
      const spec = { ...this.#record.spec, env: { ...this.#record.spec.env, ...env } };
      const run = this.#record.run;
      const accepted = run === null ? null : { ...run, accepts: [...new Set([...run.accepts, specDigest(spec)])] };
      this.#save({ ...this.#record, spec, run: accepted });
      if (this.#run !== null && accepted !== null) this.#run = { ...this.#run, accepts: accepted.accepts };
    });
  }

  /** The home has moved: a process that was started with the old path restarts. Others do not notice. */
  relocate(from: string, to: string): Promise<void> {
    return this.#inTurn(async () => {
      const { spec, wanted } = this.#record;
      const moved = relocated(spec, from, to);
      if (!wanted || specDigest(moved) === specDigest(spec)) return;
      const runs = this.#run !== null || spec.restart === 'always';
      await this.#end();
      this.#saveOrEmit({ ...this.#record, spec: moved });
      this.#endsInRow = 0;
      if (runs) await this.#start();
    });
  }

  /** Ends the process and forgets the name. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      this.#saveOrEmit({ ...this.#record, wanted: false });
      await this.#remove();
    });
  }

  /** Lets go of the process, which lives on: the host is leaving. */
  release(): void {
    clearTimeout(this.#again);
    this.#run = null;
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #remove(): Promise<void> {
    await this.#end();
    removeRecord(this.#home, this.#record.spec.name);
    this.#record = { ...this.#record, wanted: false, run: null };
    this.#settle('ended', 'it was stopped');
  }

  async #end({ stopSignal, stopWithinMs } = this.#record.spec): Promise<void> {
    clearTimeout(this.#again);
    const run = this.#run ?? this.#record.run;
    this.#run = null;
    await stopProcess(run?.identity ?? null, {
      signal: stopSignal ?? 'SIGTERM',
      withinMs: stopWithinMs ?? timing.stopWithinMs,
      log: this.#log,
    });
  }

  async #start(): Promise<void> {
    clearTimeout(this.#again);
    this.#cannotStart = false;
    this.#settle('starting', undefined);
    try {
      await reap(this.#record.run?.identity ?? null, this.#log);
      const { pidFile, cwd = '/' } = this.#record.spec;
      if (pidFile !== undefined) removeStale(join(cwd, pidFile), cwd);
      const port = await this.#port();
      rotate(this.#log);
      const { identity, ended } = await spawnDetached(withPort(this.#record.spec, port), this.#log);
      this.#begin(identity, port, ended);
    } catch (error) {
      this.#cannotStart = true;
      this.#ended({ code: null, text: `it cannot be started: ${(error as Error).message}` });
    }
  }

  async #port(): Promise<number | null> {
    const { spec, port } = this.#record;
    if (spec.port === undefined) return null;
    const near = port !== null && port >= spec.port && port <= spec.port + 200 ? port : null;
    // A port is chosen before the process listens there, so others may be quicker.
    const from = this.#endsInRow === 0 ? 0 : Math.floor(Math.random() * 201);
    return await pickPort(spec.port, near, this.#neighbours.takenPorts(spec.name), from);
  }

  #begin(identity: ProcessIdentity, port: number | null, ended: Promise<EndedChild>): void {
    this.#startedAt = new Date().toISOString();
    const recorded = { identity, port, startedAt: this.#startedAt, accepts: [specDigest(this.#record.spec)] };
    this.#saveOrEmit({ ...this.#record, port, run: recorded });
    const run: ProcessRun = { ...recorded, since: performance.now(), healthyAt: null, unhealthyAt: null };
    this.#run = run;
    void ended.then((end) => this.#isNow(run) && this.#ended(end));
    this.#follow(run);
  }

  #adopt(recorded: RecordedRun): void {
    const run: ProcessRun = { ...recorded, since: performance.now(), healthyAt: null, unhealthyAt: null };
    this.#startedAt = recorded.startedAt;
    this.#run = run;
    this.#follow(run, () =>
      this.#ended({ code: null, text: 'it ended; its exit code is unknown, since it was adopted' }),
    );
  }

  #isNow(run: ProcessRun): boolean {
    return this.#run?.identity === run.identity;
  }

  /** `gone` is given if there is no exit event. */
  #follow(run: ProcessRun, gone?: () => void): void {
    const watching = watch(run, {
      isNow: () => this.#isNow(run),
      spec: () => this.#record.spec,
      healthy: () => this.#becomeHealthy(run),
      unhealthy: (problem) => this.#becomeUnhealthy(run, problem),
      beat: () => this.#beat(),
      ...(gone === undefined ? {} : { gone }),
    });
    watching.catch((error: Error) => this.#emit('watch-failed', error));
  }

  /** Periodic work while the process runs. */
  #beat(): void {
    if (this.#unsaved) this.#saveOrEmit(this.#record);
    try {
      rotate(this.#log);
    } catch (error) {
      this.#emit('log-not-rotated', error as Error);
    }
  }

  #emit(code: string, error: Error): void {
    this.#neighbours.emit({ code, name: this.#record.spec.name, text: error.message });
  }

  #becomeHealthy(run: ProcessRun): void {
    run.healthyAt ??= performance.now();
    run.unhealthyAt = null;
    if (performance.now() - run.healthyAt > timing.calmMs) this.#endsInRow = 0;
    if (this.#state !== 'healthy') this.#settle('healthy', undefined);
  }

  #becomeUnhealthy(run: ProcessRun, problem: string): void {
    const withinMs = this.#record.spec.health?.withinMs ?? timing.withinMs;
    if (run.healthyAt === null && performance.now() - run.since < withinMs) return;
    run.unhealthyAt ??= performance.now();
    if (this.#state !== 'unhealthy') this.#settle('unhealthy', this.#withLog(problem));
    // Only a process that was once healthy can hang; otherwise it may be a slow start, which its owner knows.
    if (run.healthyAt !== null && performance.now() - run.unhealthyAt > timing.hungMs) signal(run.identity, 'SIGKILL');
  }

  #ended(end: EndedChild): void {
    const healthyFor = this.#run?.healthyAt == null ? 0 : performance.now() - this.#run.healthyAt;
    this.#run = null;
    this.#endCode = end.code;
    this.#endsSeen += 1;
    this.#endsInRow = healthyFor > timing.calmMs ? 1 : this.#endsInRow + 1;
    const reason = this.#withLog(end.text);
    if (this.#record.spec.restart === 'never') {
      this.#settle('ended', reason);
      return;
    }
    const wait = Math.min(timing.backoffFirstMs * 2 ** (this.#endsInRow - 1), timing.backoffLastMs);
    this.#again = setTimeout(() => void this.#restart(), wait);
    this.#settle('restarting', reason);
  }

  #restart(): Promise<void> {
    this.#restarts += 1;
    return this.#inTurn(async () => {
      if (this.#run === null && this.#record.wanted && this.#state === 'restarting') await this.#start();
    });
  }

  #withLog(text: string): string {
    const lines = tail(this.#log, 15);
    return lines === '' ? text : `${text}; its log ends:\n${lines}`;
  }

  #settle(state: RunningProcess['state'], reason: string | undefined): void {
    this.#state = state;
    this.#reason = reason;
    this.#changes.emit('change');
  }

  #save(record: ProcessRecord): void {
    saveRecord(this.#home, record);
    this.#record = record;
  }

  /** For what happens by itself: a record that cannot be written is reported, and the process is still found by its log. */
  #saveOrEmit(record: ProcessRecord): void {
    this.#record = record;
    try {
      saveRecord(this.#home, record);
      this.#unsaved = false;
    } catch (error) {
      this.#unsaved = true;
      this.#emit('record-unsaved', error as Error);
    }
  }

  async #healthy(spec: ProcessSpec): Promise<RunningProcess> {
    const digest = specDigest(spec);
    const ends = this.#endsSeen;
    const timeout = AbortSignal.timeout(spec.health?.withinMs ?? timing.withinMs);
    for (;;) {
      const isOther = !this.#accepts(digest);
      if (!isOther && this.#state === 'healthy') return this.view();
      if (!isOther && this.#state === 'ended' && this.#endCode === 0) return this.view();
      const tooOften = this.#endsSeen - ends >= timing.endsUntilRefused;
      const refused = isOther || tooOften || this.#cannotStart || this.#state === 'ended';
      if (refused || timeout.aborted) throw this.#unhealthy(timeout.aborted);
      await once(this.#changes, 'change', { signal: timeout }).catch(() => undefined);
    }
  }

  #accepts(digest: string): boolean {
    return (
      this.#record.wanted &&
      (specDigest(this.#record.spec) === digest || (this.#run?.accepts.includes(digest) ?? false))
    );
  }

  #unhealthy(late: boolean): SoundBiteError {
    const { name, health } = this.#record.spec;
    const why = late ? `is not healthy after ${health?.withinMs ?? timing.withinMs} ms` : 'does not become healthy';
    const reason = this.#reason ?? this.#withLog('it still starts');
    // A process that the machine could not start says nothing about its program.
    const code = this.#cannotStart ? 'process-not-started' : 'process-unhealthy';
    return new SoundBiteError(code, `${name} ${why}: ${reason}`, { hint: `read ${this.#log}` });
  }
}
