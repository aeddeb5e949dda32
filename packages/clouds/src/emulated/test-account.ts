import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SoundBiteError } from '@soundbite/model';

const emulator = fileURLToPath(new URL('../../emulator/', import.meta.url));
const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** Credentials as the AWS SDK's clients take them. */
export interface TestCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What to start; everything has a default. */
export interface TestAccountOptions {
  /** 12 digits; `111122223333` by default. */
  readonly account?: string;
  /** Corrections to leave out, by their module names. */
  readonly without?: readonly string[];
  /** Where the Polly double listens, e.g. `http://127.0.0.1:4000`. */
  readonly pollyUrl?: string;
  /** Further variables of the launcher, e.g. `LAMBDA_WARM_TTL_SECONDS`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real emulated account for tests. `config` and `credentials` (of its root user) fit every client of the AWS SDK. */
export interface TestAccount {
  readonly account: string;
  readonly region: string;
  readonly endpoint: string;
  readonly port: number;
  readonly stateRoot: string;
  readonly credentials: TestCredentials;
  readonly config: { readonly endpoint: string; readonly region: string; readonly credentials: TestCredentials };
  /** The process id of the launcher that runs now. */
  pid(): number;
  /** What the launcher has written to its standard error so far. */
  log(): string;
  /** Sends the signal and waits for the end; returns the milliseconds that took. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number>;
  /** Starts the launcher again on the same state, with the same root key, at the same port or another one; use it after `stop`. */
  start(elsewhere?: number): Promise<void>;
  /** Stops it and removes its directory. */
  dispose(): Promise<void>;
}

/** Starts an account on a free loopback port with its state in a new temporary directory, and waits until it is healthy. */
export async function startTestAccount(options: TestAccountOptions = {}): Promise<TestAccount> {
  const account = options.account ?? '111122223333';
  const region = 'us-east-1';
  const port = await freePort();
  const stateRoot = await mkdtemp(join(tmpdir(), 'soundbite-account-'));
  const credentials = {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(24).toString('base64url'),
  };
  const endpoint = `http://127.0.0.1:${port}`;
  const env = {
    PATH: `${join(repository, 'node_modules/.bin')}:/usr/local/bin:/usr/bin:/bin`,
    BIND_HOST: '127.0.0.1',
    AUTH: 'true',
    MINISTACK_ACCOUNT_ID: account,
    MINISTACK_REGION: region,
    STATE_ROOT: stateRoot,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(options.without?.length ? { SOUNDBITE_WITHOUT: options.without.join(',') } : {}),
    ...(options.pollyUrl === undefined ? {} : { SOUNDBITE_POLLY_URL: options.pollyUrl }),
    ...options.env,
  };
  let running: ChildProcess | undefined;
  let log = '';

  async function start(at = port): Promise<void> {
    const child = spawn(python(), [join(emulator, 'launcher.py')], {
      env: { ...env, GATEWAY_PORT: String(at) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running = child;
    child.stderr?.on('data', (text: Buffer) => {
      log += text;
    });
    await healthy(`http://127.0.0.1:${at}`, child, () => log);
  }

  async function stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number> {
    const child = running;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return 0;
    const started = performance.now();
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return performance.now() - started;
  }

  try {
    await start();
  } catch (error) {
    await stop('SIGKILL');
    await rm(stateRoot, { recursive: true, force: true });
    throw error;
  }
  return {
    account,
    region,
    endpoint,
    port,
    stateRoot,
    credentials,
    config: { endpoint, region, credentials },
    pid: () => running?.pid ?? 0,
    log: () => log,
    stop,
    start,
    dispose: async () => {
      await stop('SIGKILL');
      await rm(stateRoot, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** The Python that has MiniStack: SOUNDBITE_PYTHON, or that of the repository's `.venv`. */
export function python(): string {
  return process.env.SOUNDBITE_PYTHON ?? join(repository, '.venv/bin/python');
}

/** A TCP port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port');
  return address.port;
}

async function healthy(endpoint: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await pause(25);
  }
  throw new SoundBiteError(
    'process-unhealthy',
    `the emulated account at ${endpoint} did not become healthy: ${log()}`,
    {
      hint: `create the Python environment: python3 -m venv .venv && .venv/bin/pip install --require-hashes -r ${join(dirname(emulator), 'emulator/requirements.txt')}`,
    },
  );
}
