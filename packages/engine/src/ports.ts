import type {
  Alarms,
  Clouds,
  Declaration,
  Difference,
  Digest,
  Environment,
  Fence,
  Infrastructure,
  ProgramCollector,
  ReleaseStore,
  Runtime,
} from '@soundbite/model';

/** What a promotion needs of the world; bound in the composition root. */
export interface PromotionPorts {
  /** Today's declaration: admission and plans are made from it. Errors: those of reading it. */
  declaration(): Declaration;
  readonly releases: ReleaseStore;
  /** The CloudFormation template that a release brings for an environment. */
  template(release: Digest, environment: string): Promise<unknown>;
  readonly clouds: Clouds;
  readonly infrastructure: Infrastructure;
  runtime(kind: Environment['runtime']): Runtime;
  readonly programs: ProgramCollector;
  readonly alarms: Alarms;
  /** Whether an environment answers as it should at its public address with its live release. */
  healthy(environment: Environment, live: Digest): Promise<boolean>;
  /** How what runs in an environment differs from what was released into it. Errors: why it could not be read. */
  differences(environment: Environment, recorded: RecordedThere): Promise<readonly Difference[]>;
  /**
   * Who wrote the commits that a release adds to another one, or all of its commits where nothing is live: authors and co-authors by e-mail address, small letters.
   * Errors: why the history cannot be read.
   */
  authors(live: Digest | null, release: Digest): Promise<readonly string[]>;
  /** Takes an environment away with all its data, whatever somebody deleted of it before. May be begun again at any point. */
  takeDown(environment: Environment, fence: Fence): Promise<void>;
  /** Gives an environment's stacks back to the tools of others, as they serve. May be begun again at any point. */
  handBack(environment: Environment, fence: Fence): Promise<void>;
  /** What happens, for the log; never for decisions. */
  emit(event: EngineEvent): void;
}

/** What the records say of an environment in which something is live. */
export interface RecordedThere {
  readonly live: Digest;
  /** Whose stack was deployed last. */
  readonly infrastructure: Digest | null;
  /** Of promotions that broke down since: what they left is SoundBite's own half-done work. */
  readonly half: readonly Digest[];
}

export interface EngineEvent {
  readonly code: string;
  readonly message: string;
  readonly promotion?: string;
  readonly error?: unknown;
}
