import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const LAUNCHER = join(ROOT, 'packages/clouds/emulator/launcher.py');
const PYTHON = process.env.SOUNDBITE_PYTHON ?? join(ROOT, '.venv/bin/python');
const START_MS = 20_000;

/** An emulated account for a test: plain MiniStack, or the house's launcher of it when SOUNDBITE_PYTHON names no other. */
export interface Emulator {
  readonly endpoint: string;
  /** Environment variables by which the SDK acts as the account's root. */
  readonly credentials: Readonly<
    Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY' | 'AWS_REGION' | 'AWS_ENDPOINT_URL', string>
  >;
  stop(): Promise<void>;
}

/** Starts an account with nothing in it. */
export async function startEmulator(): Promise<Emulator> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'soundbite-emulator-'));
  for (const name of ['state', 'tmp']) mkdirSync(join(folder, name));
  const usesLauncher = process.env.SOUNDBITE_PYTHON === undefined && existsSync(LAUNCHER);
  const key = {
    AWS_ACCESS_KEY_ID: 'AKIASOUNDBITETEST000',
    AWS_SECRET_ACCESS_KEY: 'soundbite-test-secret-of-this-machine',
  };
  const child = spawn(usesLauncher ? PYTHON : join(dirname(PYTHON), 'ministack'), usesLauncher ? [LAUNCHER] : [], {
    env: {
      PATH: [dirname(process.execPath), dirname(PYTHON), '/usr/bin', '/bin'].join(delimiter),
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_ACCOUNT_ID: '111122223333',
      IOT_MTLS_ENABLED: '0',
      LAMBDA_ACCOUNT_CONCURRENCY: '8',
      STATE_ROOT: join(folder, 'state'),
      TMPDIR: join(folder, 'tmp'),
      ...key,
    },
    cwd: folder,
    stdio: 'ignore',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await healthy(endpoint, child);
  return {
    endpoint,
    credentials: { ...key, AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: endpoint },
    async stop() {
      await stopProcess(child, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Ends a child of ours and waits until it is gone. Gives its exit code, or null when the signal ended it. */
export async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return gone;
}

async function healthy(endpoint: string, child: ChildProcess): Promise<void> {
  await until(START_MS, `an emulated account at ${endpoint}`, async () => {
    if (child.exitCode !== null) throw new Error(`the emulator ended with code ${child.exitCode}`);
    const response = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    return response?.ok === true;
  });
}

/** Awaits a condition. @throws Error naming what was awaited, after `ms`. */
export async function until(ms: number, what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A port that is free now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
