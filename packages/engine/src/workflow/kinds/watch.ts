import { operationalRoutes, type RequestsSince, type Tally, tallied, watchGate } from '@soundbite/model';
import { z } from 'zod';
import { patience } from '../../patience.ts';
import { damage, damageError } from '../damage.ts';
import { attempt, type Outcome } from '../outcome.ts';
import { placeOfRun, type StepKind, type StepRun } from '../run.ts';

const With = z.strictObject({ seconds: z.number().min(0) });

/** The number of consecutive unhealthy looks that fail a watch, and the number where looks are rare. */
const unwellLooks = { often: 3, rare: 2 } as const;
/** Number of looks that restarts may disturb before the watch gives up: some minutes. */
const disturbedLooks = 200;

/** Watches the new release at full traffic for the planned seconds. A request to stop takes effect at once. */
export const watchStep: StepKind<z.infer<typeof With>> = {
  with: With,
  describe: ({ seconds }) => `watch it for ${seconds} s`,
  run: (run, { seconds }) => new Watch(run, seconds).outcome(),
};

/** What was seen as of one look. */
interface Look {
  /** Of users, answered by the release. */
  readonly requests: number;
  readonly reasons: readonly string[];
  /** The account or the machinery caused it. */
  readonly broken?: string;
}

const nothing: Tally = { requests: 0, bad: 0 };

/** One watch. Its tally is in memory: after a restart it reads all requests since its beginning again. */
class Watch {
  readonly #run: StepRun;
  readonly #seconds: number;
  /** Requests count from its time on; those before its cursor are in the tally. */
  #since: RequestsSince;
  #tally: Tally = nothing;
  #unhealthy = 0;
  /** Where users do not ask; the paths of a release do not change while it is watched. */
  #operational: ReadonlySet<string> | undefined;

  constructor(run: StepRun, seconds: number) {
    this.#run = run;
    this.#seconds = seconds;
    this.#since = { time: run.startedAt };
  }

  async outcome(): Promise<Outcome> {
    let life = await this.#life();
    // Uses the machine's clock for the time already passed only; from here on a monotonic one.
    const passedMs = Math.min(Math.max(0, Date.now() - this.#since.time), this.#seconds * 1000);
    let until = performance.now() - passedMs + this.#seconds * 1000;
    for (let disturbed = 0; ; ) {
      const stopped = await this.#pause(until);
      if (stopped !== null) return { state: 'skipped', detail: `stopped: ${stopped}` };
      const seen = await this.#look();
      const now = await this.#life();
      if (now === life) {
        const outcome = this.#judge(seen, performance.now() >= until);
        if (outcome) return outcome;
        continue;
      }
      // A restart below the release is not its fault: the watch begins again from here.
      if (++disturbed > disturbedLooks)
        return { state: 'errored', detail: 'processes below the environment keep restarting; soundbite doctor' };
      life = now;
      this.#since = { time: Date.now() };
      this.#tally = nothing;
      this.#unhealthy = 0;
      until = performance.now() + this.#seconds * 1000;
    }
  }

  #judge({ requests, reasons, broken }: Look, isOver: boolean): Outcome | null {
    if (broken !== undefined) return { state: 'errored', detail: broken };
    const evidence = { requests };
    if (reasons.length > 0) return { state: 'failed', detail: reasons.join('; '), evidence };
    // What was unwell at the last look is looked at again.
    if (!isOver || this.#unhealthy > 0) return null;
    return { state: 'succeeded', detail: `${this.#seconds} s and ${requests} requests watched`, evidence };
  }

  /** How long a look is valid here, in ms: no account is read more often. */
  get #everyMs(): number {
    const { ports, plan } = this.#run;
    return Math.max(patience.watch.everyMs, ports.runtime(plan.environment.runtime).looksEveryMs(plan.environment));
  }

  /** Waits until the next look (the last one is at the end), or until somebody asks it to stop; then returns the reason. */
  async #pause(until: number): Promise<string | null> {
    const next = this.#nextLook(until);
    for (;;) {
      const stopped = await this.#stopped();
      const ms = next - performance.now();
      if (stopped !== null || ms <= 0) return stopped;
      await this.#run.wait(ms);
    }
  }

  /** In ms of a clock that nobody sets. */
  #nextLook(until: number): number {
    const now = performance.now();
    if (now < until) return until - Math.ceil((until - now) / this.#everyMs - 1) * this.#everyMs;
    // After the end only what was unwell is looked at again, and what was watched for so long by a process that is gone.
    return this.#unhealthy > 0 ? now + this.#everyMs : now;
  }

  async #stopped(): Promise<string | null> {
    const { stopped, broken } = await this.#run.records.asked(this.#run.id);
    return broken ?? stopped;
  }

  /** Machinery that is away for a moment has a life unlike any other. */
  #life(): Promise<string> {
    const { ports, plan } = this.#run;
    return ports
      .runtime(plan.environment.runtime)
      .life(plan.environment)
      .catch(() => 'away');
  }

  /** Tolerates a peer that is away for a moment. A look that cannot be made says nothing about the release. */
  async #look(): Promise<Look> {
    let look: Look | undefined;
    const looking = async (): Promise<Outcome> => {
      look = await this.#lookOnce();
      return { state: 'succeeded', detail: '' };
    };
    const { state, detail } = await attempt(looking, { environment: this.#run.plan.environment.name });
    return state === 'succeeded' && look ? look : { requests: 0, reasons: [], broken: detail };
  }

  async #healthPaths() {
    const { environment, cloud, runtime } = await placeOfRun(this.#run);
    const state = await this.#run.ports.infrastructure.state(environment, cloud);
    return runtime.healthPaths(environment, state?.outputs ?? null);
  }

  async #lookOnce(): Promise<Look> {
    const { ports, plan } = this.#run;
    const healthy = await ports.healthy(plan.environment, plan.release);
    // Before requests are taken: a look that cannot be made loses none.
    this.#operational ??= operationalRoutes(await this.#healthPaths());
    const { environment, cloud, runtime } = await placeOfRun(this.#run);
    const { records, next } = await runtime.requests({ environment, cloud }, this.#since);
    this.#since = next;
    this.#tally = tallied(this.#tally, records, plan.release, this.#operational);
    this.#unhealthy = healthy ? 0 : this.#unhealthy + 1;
    const { reasons } = watchGate({
      ...this.#tally,
      unhealthyLooks: this.#unhealthy,
      unhealthyLimit: unwellLooks[this.#everyMs > patience.watch.everyMs ? 'rare' : 'often'],
    });
    const look = { requests: this.#tally.requests, reasons };
    if (reasons.length === 0) return look;
    // Settings are not checked: that takes a minute, and a possibly bad release has the traffic.
    const error = damageError(this.#run, await damage(this.#run));
    return error ? { ...look, broken: `${error.message}; ${error.hint}` } : look;
  }
}
