import type { UsedMemory } from './runtime.ts';

/**
 * A process that the host keeps alive. `{port}` in args, env values and health.url is replaced by the port that the host picked;
 * it stays the same over restarts unless something else took it meanwhile.
 */
export interface ProcessSpec {
  /** Unique, e.g. `account-000000000001`, `service-dev-aws-api-0123456789ab`. The same name with another spec replaces the process. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** The wished port; absent: the process listens nowhere. */
  readonly port?: number;
  /** What outlives it was told its port (the containers of an environment): while it is down, the port is nobody else's, and is its own again. Others get the one that they wish for, once it is free. */
  readonly keepsPort?: true;
  /** Healthy when GET answers 2xx. Absent: healthy when it runs. */
  readonly health?: { readonly url: string; readonly withinMs: number };
  /** `always`: restarted with back-off when it ends. `never`: its end is recorded. */
  readonly restart: 'always' | 'never';
  readonly stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
  /** After this many ms SIGKILL follows; 10,000 by default. */
  readonly stopWithinMs?: number;
  /** Run as this user (Postgres refuses to run as root). */
  readonly uid?: number;
  readonly gid?: number;
  /** Where the process notes its own pid, in `cwd`; taken away before a start when that process has ended. */
  readonly pidFile?: string;
}

export interface RunningProcess {
  readonly name: string;
  readonly pid: number | null;
  /** Where its port is; absent: 127.0.0.1. */
  readonly host?: string;
  readonly port: number | null;
  readonly state: 'starting' | 'healthy' | 'unhealthy' | 'restarting' | 'ended';
  readonly restarts: number;
  readonly startedAt: string;
  readonly log: string;
  /** Why it ended or does not become healthy, with the last lines of its log. */
  readonly reason?: string;
  /** What an engine tells besides, where it is a container. */
  readonly container?: { readonly oomKills: number; readonly lastOomKill: string | null; readonly memory: UsedMemory };
}

/** The host, as other rooms see it. All calls are idempotent. Errors: `process-unhealthy` (with the log's end), `process-not-started`, `host-down`. */
export interface Supervisor {
  /** Starts it (or adopts the one that runs with an equal spec) and returns when it is healthy. */
  ensure(spec: ProcessSpec): Promise<RunningProcess>;
  /** Changes the env of a later restart without touching the process that runs (e.g. SOUNDBITE_CONSUMING). */
  amend(name: string, env: Readonly<Record<string, string>>): Promise<void>;
  stop(name: string): Promise<void>;
  list(): Promise<readonly RunningProcess[]>;
}
