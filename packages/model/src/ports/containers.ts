import type { Digest } from '../digest.ts';
import type { DiskRoom, UsedMemory } from './runtime.ts';

/** A container as it shall be. A name is unique among those of the installation, as `staging-api-0123456789ab`; the engine's has ours before it. */
export interface ContainerSpec {
  readonly name: string;
  /** By these it is found again; ours are added. */
  readonly labels: Readonly<Record<string, string>>;
  /** By its content: `sha256:…`. */
  readonly image: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Whoever may ask the engine reads these. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that are in no listing: they are read from a file that only the container's user can read. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Those of them that `amend` changes: by these alone no container is another one. */
  readonly amended: readonly string[];
  /** Ports on its loopback that lead to targets of the relay, where it is to reach any. */
  readonly forwards: { readonly relay: Relay; readonly ports: Readonly<Record<string, RelayTarget>> } | null;
  /** The name that `network` gave. */
  readonly network: string;
  /** The wished port on 127.0.0.1: one near it is taken if it is not free, and kept. None where containers are reached by their network. */
  readonly port: number;
  /** Healthy when GET of this path answers 2xx. */
  readonly health: { readonly path: string; readonly withinMs: number };
  /** All that it may use; one that needs more is killed. */
  readonly memoryMiB: number;
  /** What the engine keeps for it, in MiB, where its machine has little left; half of `memoryMiB` when absent. */
  readonly reservedMiB?: number;
  readonly stopWithinMs: number;
}

/** A container of this installation, as the engine tells of it. */
export interface RunningContainer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  /** Where it is reached from here: 127.0.0.1, or its name in its network. */
  readonly host: string;
  /** Null while it has none. */
  readonly port: number | null;
  readonly state: 'starting' | 'healthy' | 'unhealthy' | 'restarting' | 'ended';
  readonly restarts: number;
  /** How often it was killed for its memory, as far as the engine remembers. */
  readonly oomKills: number;
  /** When that was last, in ISO 8601; null: never. */
  readonly lastOomKill: string | null;
  readonly memory: UsedMemory;
  readonly startedAt: string;
  /** Why it ended or is not well. */
  readonly reason?: string;
}

/**
 * A network of an installation: the addresses of its containers, and that of this machine in it (null: the machine does not hold it). `inside`: this installation runs in a
 * container that is in it.
 */
export interface ContainerNetwork {
  readonly name: string;
  readonly subnet: string;
  readonly gateway: string | null;
  readonly inside: boolean;
}

/** Which image is meant: that of a release of a service, for an environment. */
export interface ImageName {
  /** The service's name, as its release says it. */
  readonly service: string;
  readonly release: Digest;
  readonly environment: string;
}

/** A release as an image for an environment. */
export interface ImageOrder extends ImageName {
  /** The files of its bundle, by their paths, as they were proven. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The commit, and its time (ISO 8601). */
  readonly commit: string;
  readonly committedAt: string;
  /** The image, by its content, that this home already took for this; its name may be another's by now, and what SoundBite loads in it an earlier version's. */
  readonly held?: string;
}

/** An image that holds a release: `id` by its content, `tag` as people call it. */
export interface ReleasedImage {
  readonly id: string;
  readonly tag: string;
  /** In bytes, with its base. */
  readonly size: number;
  /** The image that all environments of the release share, as people call it. */
  readonly application: string;
  /** The layer with the release's files (`sha256:…`): the same in all environments of a release; and the bytes of these files. */
  readonly applicationLayer: string;
  readonly applicationSize: number;
}

/** Where containers reach what is on this machine: a relay that lets in those of one environment, by their addresses and a token. */
export interface Relay {
  /** For the containers: an address, or a name that leads here. */
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

/** What a relay leads to: the environment's emulated account, and where its processes get their credentials. */
export type RelayTarget = 'account' | 'credentials';

/**
 * A container engine, as far as it is this installation's: nothing without its label is listed, changed or removed. All calls are idempotent. Errors of all: `engine-down`,
 * `engine-withheld`, `engine-refused`, `engine-disk-full`.
 */
export interface Containers {
  /** Identifies the engine's present life, as `Standing.life`: an engine that restarts ends all containers, which says nothing of a release. Never throws. */
  life(): Promise<string>;
  /**
   * Starts it, or leaves the one that runs just so, and returns when it is healthy. Errors: `process-unhealthy` (with the log's end), `container-name-taken`,
   * `no-free-port`, `image-missing`.
   */
  ensure(spec: ContainerSpec): Promise<RunningContainer>;
  /** Changes the secrets of a later start without touching what runs. */
  amend(name: string, secrets: Readonly<Record<string, string>>): Promise<void>;
  /** Ends it and removes it with its secrets. */
  stop(name: string): Promise<void>;
  /** What it uses now; unknown of one that does not run. */
  memory(name: string): Promise<UsedMemory>;
  /** The room on the engine's disk; null: it is not on this machine. */
  room(): Promise<DiskRoom | null>;
  /** Those with all of these labels. */
  list(labels: Readonly<Record<string, string>>): Promise<readonly RunningContainer[]>;
  /** What it wrote after a moment (as an earlier look gave it; null: all that is kept), in its order. */
  lines(
    name: string,
    after: string | null,
  ): Promise<{
    readonly lines: readonly { readonly at: string; readonly text: string }[];
    readonly last: string | null;
  }>;
  /** Makes the network of an environment, or finds it. Error: `container-name-taken`. */
  network(environment: string): Promise<ContainerNetwork>;
  removeNetwork(environment: string): Promise<void>;
  /** Where this installation runs in a container: joins the networks of its environments again, after that was made anew. */
  rejoin(): Promise<void>;
  /** Sees that the relay of an environment runs. `targets`: their ports on this machine. */
  relay(
    environment: string,
    network: ContainerNetwork,
    targets: Readonly<Partial<Record<RelayTarget, number>>>,
  ): Promise<Relay>;
  /**
   * The image of a release: the one that is there, once it is proven, or one that is made now and proven (`made`). `putRight` says what had its name and was something else. Who
   * asks for the same at the same time waits for the first. Errors: `image-altered` (the one that was made), `image-missing` (the base), `image-not-built`.
   */
  makeImage(order: ImageOrder): Promise<{
    readonly image: ReleasedImage;
    readonly made: boolean;
    readonly putRight: readonly string[];
  }>;
  /** Proves the image that is there against the release; null: there is none. Error: `image-altered`. */
  verifyImage(order: ImageOrder): Promise<ReleasedImage | null>;
  /** The content that has the name of this home's image of a release now, or a name that earlier versions of SoundBite gave it; null: nothing has it. */
  namedImage(name: ImageName): Promise<{ readonly tag: string; readonly id: string | null }>;
  /** Gives it that name, whatever has it now. */
  nameImage(id: string, name: ImageName): Promise<void>;
  /** Whether an image is there, by its content. */
  hasImage(id: string): Promise<boolean>;
}
