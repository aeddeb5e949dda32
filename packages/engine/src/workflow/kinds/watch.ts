import {
  type GateResult,
  gates,
  nothingTallied,
  operationalRoutes,
  overriddenStep,
  type RequestsSince,
  type Tally,
  tallied,
  type WatchOptions,
} from '@soundbite/model';
import { patience } from '../../patience.ts';
import { damage, damageError } from '../damage.ts';
import { attempt, type Outcome } from '../outcome.ts';
import { notesOfRetries } from '../retried.ts';
import { placeOfRun, type StepKind, type StepRun } from '../run.ts';

const { watch: gate } = gates;

/** A plan of before has the seconds alone, and needed no request. */
const With = gate.options.extend({
  minimumRequests: gate.options.shape.minimumRequests.unwrap().default(0),
  ...overriddenStep,
});

/** The number of consecutive unhealthy looks that fail a watch, and the number where looks are rare. */
const unwellLooks = { often: 3, rare: 2 } as const;
/** Number of looks that restarts may disturb before the watch gives up: some minutes. */
const disturbedLooks = 200;

/** Watches the new release at full traffic for the planned seconds, and until the requests that it needs have come. A request to stop takes effect at once. */
export const watchStep: StepKind<WatchOptions> = {
  with: With,
  describe: ({ seconds, minimumRequests }) =>
    `watch it for ${seconds} s${minimumRequests > 0 ? ` and ${minimumRequests} requests of users` : ''}`,
  run: (run, options) => new Watch(run, options).outcome(),
};

/** What one look showed. */
interface Look {
  /** Of users, answered by the release. */
  readonly requests: number;
  readonly result: GateResult;
  /** The account or the machinery caused it. */
  readonly broken?: string;
}

/** One watch. Its tally is in memory: after a restart it reads all requests since its beginning again. */
class Watch {
  readonly #run: StepRun;
  readonly #options: WatchOptions;
  /** Requests count from its time on; those before its cursor are in the tally. */
  #since: RequestsSince;
  #tally: Tally = nothingTallied;
  #unhealthy = 0;
  /** Its time is over, and it is not: something is unwell, or requests are missing. */
  #looksOn = false;
  /** In ms of a clock that nobody sets. */
  #begunMs = 0;
  /** Where users do not ask; the paths of a release do not change while it is watched. */
  #operational: ReadonlySet<string> | undefined;

  constructor(run: StepRun, options: WatchOptions) {
    this.#run = run;
    this.#options = options;
    this.#since = { time: run.startedAt };
  }

  async outcome(): Promise<Outcome> {
    let life = await this.#life();
    // Uses the machine's clock for the time already passed only; from here on a monotonic one.
    const passedMs = Math.min(Math.max(0, Date.now() - this.#since.time), this.#options.seconds * 1000);
    this.#begunMs = performance.now() - passedMs;
    for (let disturbed = 0; ; ) {
      const stopped = await this.#pause();
      if (stopped !== null) return { state: 'skipped', detail: `stopped: ${stopped}` };
      const seen = await this.#look();
      const now = await this.#life();
      if (now === life) {
        const outcome = this.#outcomeOf(seen);
        if (outcome) return outcome;
        await this.#tellWhatIsMissing(seen);
        continue;
      }
      // A restart below the release is not its fault: the watch begins again from here.
      if (++disturbed > disturbedLooks)
        return { state: 'errored', detail: 'processes below the environment keep restarting; soundbite doctor' };
      life = now;
      this.#since = { time: Date.now() };
      this.#tally = nothingTallied;
      this.#unhealthy = 0;
      this.#looksOn = false;
      this.#begunMs = performance.now();
    }
  }

  /** Null: it goes on. */
  #outcomeOf({ requests, result: { verdict, reasons }, broken }: Look): Outcome | null {
    if (broken !== undefined) return { state: 'errored', detail: broken };
    if (verdict === 'wait') return null;
    const evidence = { requests };
    if (verdict === 'fail') return { state: 'failed', detail: reasons.join('; '), evidence };
    const watched = `${this.#options.seconds} s and ${requests} requests watched`;
    return { state: 'succeeded', detail: [watched, ...reasons].join('; '), evidence };
  }

  /** After the end only: it waits for what may never come. */
  async #tellWhatIsMissing({ result: { reasons } }: Look): Promise<void> {
    if (reasons.length > 0) await this.#run.records.note(this.#run.id, `watch waits: ${reasons.join('; ')}`);
  }

  /** When its time is over, in ms of a clock that nobody sets. */
  get #until(): number {
    return this.#begunMs + this.#options.seconds * 1000;
  }

  /** How long a look is valid here, in ms: no account is read more often. */
  get #everyMs(): number {
    const { ports, plan } = this.#run;
    return Math.max(patience.watch.everyMs, ports.runtime(plan.environment.runtime).looksEveryMs(plan.environment));
  }

  /** Waits until the next look (the last one is at the end), or until somebody asks it to stop; then returns the reason. */
  async #pause(): Promise<string | null> {
    const next = this.#nextLook();
    for (;;) {
      const stopped = await this.#stopped();
      const ms = next - performance.now();
      if (stopped !== null || ms <= 0) return stopped;
      await this.#run.wait(ms);
    }
  }

  /** In ms of a clock that nobody sets. */
  #nextLook(): number {
    const now = performance.now();
    const until = this.#until;
    if (now < until) return until - Math.ceil((until - now) / this.#everyMs - 1) * this.#everyMs;
    // After the end it looks at once, if only because a process that is gone watched for so long; and again if something is unwell or missing.
    return this.#looksOn ? now + this.#everyMs : now;
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
    const notes = notesOfRetries(this.#run);
    const beforeRetry = (_: unknown, why: string) => notes.again(why);
    const { state, detail } = await attempt(looking, { environment: this.#run.plan.environment.name, beforeRetry });
    await notes.over();
    if (state === 'succeeded' && look) return look;
    return { requests: 0, result: { verdict: 'wait', reasons: [] }, broken: detail };
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
    const watchedMs = performance.now() - this.#begunMs;
    const result = gate.decide(
      {
        ...this.#tally,
        watchedMs,
        unhealthyLooks: this.#unhealthy,
        unhealthyLimit: unwellLooks[this.#everyMs > patience.watch.everyMs ? 'rare' : 'often'],
      },
      this.#options,
      Date.now(),
    );
    this.#looksOn = result.verdict === 'wait' && performance.now() >= this.#until;
    const look = { requests: this.#tally.requests, result };
    if (result.verdict !== 'fail') return look;
    // Settings are not checked: that takes a minute, and a possibly bad release has the traffic.
    const error = damageError(this.#run, await damage(this.#run));
    return error ? { ...look, broken: `${error.message}; ${error.hint}` } : look;
  }
}
