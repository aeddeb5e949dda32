import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Credentials, ProcessSpec, Supervisor } from '@soundbite/model';
import { codeDirectory, programFile } from '@soundbite/model/programs.ts';
import { codeOf } from './code-of.ts';

/** Where things are on this machine; absolute paths. */
export interface EmulatedPlaces {
  /** `.soundbite` */
  readonly home: string;
  /** The repository. */
  readonly root: string;
  /** Node 24, found first on the PATH of the account's functions. */
  readonly node: string;
  /** That which has the emulator. */
  readonly python: string;
  /** The loopback address at which people reach the ports of accounts; absent: 127.0.0.1. */
  readonly shownAddress?: string | undefined;
}

/** The wished port of the first emulated account; the others follow. */
const firstPort = 8110;
const pollyPort = 8190;

const doubleName = 'polly';
const accountName = (account: string) => `account-${account}`;

/** The processes on this machine that an emulated account is made of; the double is all accounts'. */
export const accountParts = (account: string): readonly string[] => [doubleName, accountName(account)];

/** Whether a process is of emulated accounts, whichever. */
export const isOfAccounts = (process: string): boolean => process === doubleName || process.startsWith(accountName(''));

/** An account as it is declared. */
export interface DeclaredAccount {
  readonly account: string;
  readonly region: string;
  /** How many environments have Lambda functions there. */
  readonly onLambda: number;
}

/** Executions at once for each environment on Lambda: four of its worker, as its mapping declares, and as many of its API. This machine is no data centre. */
const executionsAtOnce = 8;

/** An emulated account that runs: where it is, and the key of its root. */
export interface EmulatedAccount {
  readonly endpoint: string;
  readonly root: Credentials;
}

/** Starts the account's process (one for each account id) and the Polly double that all of them share; idempotent. */
export async function ensureAccount(
  supervisor: Supervisor,
  places: EmulatedPlaces,
  declared: DeclaredAccount,
): Promise<EmulatedAccount> {
  const root = await rootKey(join(places.home, 'accounts', declared.account, 'root.json'));
  const polly = await supervisor.ensure(pollySpec(places));
  const process = await supervisor.ensure(accountSpec(places, declared, root, polly.port));
  return { endpoint: `http://127.0.0.1:${process.port}`, root };
}

/** For a Node process that rests nearly always: 8 MB less of it stay. */
const spareMemory = ['--max-semi-space-size=1', '--v8-pool-size=1'];

/** Speaks for Amazon Polly; nothing but the accounts calls it. */
export function pollySpec({ root, node }: EmulatedPlaces): ProcessSpec {
  return {
    name: doubleName,
    command: node,
    args: [...spareMemory, programFile('packages/clouds/src/emulated/polly-double-main.ts', root)],
    env: {
      PORT: '{port}',
      PATH: '/usr/bin:/bin',
      SOUNDBITE_CODE: codeOf(codeDirectory('packages/clouds/src/emulated', root)),
    },
    port: pollyPort,
    health: { url: 'http://127.0.0.1:{port}/v1/voices', withinMs: 20_000 },
    restart: 'always',
  };
}

/** The launcher's process for one account, with a clean environment: what it has leaks into functions. */
export function accountSpec(
  { home, root, node, python }: EmulatedPlaces,
  { account, region, onLambda }: DeclaredAccount,
  key: Credentials,
  polly: number | null,
): ProcessSpec {
  const state = join(home, 'accounts', account);
  return {
    name: accountName(account),
    command: python,
    args: [join(root, 'packages/clouds/emulator/launcher.py')],
    cwd: state,
    env: {
      GATEWAY_PORT: '{port}',
      BIND_HOST: '127.0.0.1',
      MINISTACK_ACCOUNT_ID: account,
      MINISTACK_REGION: region,
      AUTH: 'true',
      STATE_ROOT: join(state, 'state'),
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      AWS_DEFAULT_REGION: region,
      LAMBDA_ACCOUNT_CONCURRENCY: String(executionsAtOnce * Math.max(1, onLambda)),
      // Longer than the minute between two sweeps: a function that ended in between would start again for each.
      LAMBDA_WARM_TTL_SECONDS: '90',
      CLOUDTRAIL_RECORDING: '1',
      IOT_MTLS_ENABLED: '0',
      // Bundles of 15 MB come and go: without a fixed threshold the allocator begins to keep what it was given back.
      MALLOC_MMAP_THRESHOLD_: '1048576',
      MALLOC_ARENA_MAX: '2',
      SOUNDBITE_CODE: codeOf(join(root, 'packages/clouds/emulator')),
      SOUNDBITE_POLLY_URL: `http://127.0.0.1:${polly ?? pollyPort}`,
      PATH: `${dirname(node)}:/usr/bin:/bin`,
    },
    port: firstPort + (Number(account) % 100),
    health: { url: 'http://127.0.0.1:{port}/_ministack/health', withinMs: 30_000 },
    restart: 'always',
  };
}

/** The account's root key: made once, kept beside its state, readable by its owner only. */
async function rootKey(file: string): Promise<Credentials> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Credentials;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const key: Credentials = {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const whole = `${file}.${process.pid}`;
  await writeFile(whole, JSON.stringify(key), { mode: 0o600 });
  await rename(whole, file);
  return key;
}
