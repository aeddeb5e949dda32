import type { Engine } from '@soundbite/engine';
import type {
  Clouds,
  CutResult,
  Declaration,
  DiskRoom,
  Edge,
  Environment,
  Infrastructure,
  ReleaseStore,
  Runtime,
  SharedReleases,
  Signals,
  Supervisor,
} from '@soundbite/model';
import type { Adoption } from '@soundbite/release';
import type { ReleaseImages } from '@soundbite/runtimes';
import type { Config } from '../config.ts';
import type { CredentialsEndpoint } from './credentials.ts';

import type { LookMemory } from './look-memory.ts';

/** All ports bound: what the control plane's own functions work with. */
export interface World {
  readonly config: Config;
  /** The control plane's own address. */
  readonly url: string;
  declaration(): Declaration;
  readonly supervisor: Supervisor;
  readonly clouds: Clouds;
  readonly edge: Edge & Signals;
  readonly infrastructure: Infrastructure;
  runtime(kind: Environment['runtime']): Runtime;
  /** Images of releases on the container engine. */
  readonly images: ReleaseImages;
  /** Remembered looks, where looks are expensive. */
  readonly looks: LookMemory;
  /** Those of this home and, behind them, those of the shared store. */
  readonly releases: ReleaseStore;
  /** The home's own releases: reads fetch nothing. */
  readonly ownReleases: ReleaseStore;
  /** Null: homes share no releases. */
  readonly sharedReleases: SharedReleases | null;
  cut(source: string): Promise<CutResult>;
  /** Cuts unless the inputs are those of the newest release. */
  cutIfChanged(source: string): Promise<CutResult>;
  /** Seals what stands in an environment, which somebody else deployed, as a release. */
  seal(environment: Environment, live: LiveAccount): Promise<CutResult>;
  /** The template that a release of this home brings for an environment. */
  template(release: string, environment: string): Promise<unknown>;
  readonly credentials: CredentialsEndpoint;
  /** Signs the links by which people decide. */
  readonly linkSecret: string;
  readonly engine: Engine;
  readonly log: Log;
  /** The room on the disk of the home. */
  diskRoom(): Promise<DiskRoom>;
}

/** The stacks of an account as they stand. */
type LiveAccount = Pick<Adoption, 'account' | 'region' | 'stacks'>;

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
