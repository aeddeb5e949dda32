import type {
  Clouds,
  Declaration,
  Digest,
  Environment,
  Infrastructure,
  ReleaseStore,
  Runtime,
  Signals,
  SmokeCollector,
} from '@soundbite/model';

/** What a promotion needs of the world; bound in the composition root. */
export interface PromotionPorts {
  /** Today's declaration: cloud and policy come from it, not from the release. */
  declaration(): Declaration;
  readonly releases: ReleaseStore;
  /** The CloudFormation template that a release brings for an environment. */
  template(release: Digest, environment: string): Promise<unknown>;
  readonly clouds: Clouds;
  readonly infrastructure: Infrastructure;
  runtime(kind: Environment['runtime']): Runtime;
  readonly smoke: SmokeCollector;
  readonly signals: Signals;
  /** Whether an environment answers as it should at its public address with its live release. */
  healthy(environment: Environment, live: Digest): Promise<boolean>;
  /**
   * Names the present life of the machinery under all environments (emulated accounts, edge): it changes whenever one of them is started anew,
   * and goes on changing while one is away.
   * What a step finds meanwhile says nothing about a release.
   */
  machinery(): Promise<string>;
  /** What happens, for the log; never for decisions. */
  emit(event: EngineEvent): void;
}

export interface EngineEvent {
  readonly code: string;
  readonly message: string;
  readonly promotion?: string;
  readonly error?: unknown;
}
