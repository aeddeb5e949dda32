import { isAbsolute, join } from 'node:path';
import { devSilenceOf } from '@soundbite/model/dev-silence.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import {
  parseReleaseStore,
  type ReleaseStoreAddress,
  releaseStoreVariable,
} from '@soundbite/model/release-store-address.ts';
import { shownAddressOf } from '@soundbite/model/shown-url.ts';

/** The control plane's settings from environment variables; everything else is in `home`. */
export interface Config {
  /** The repository whose service is delivered. */
  readonly root: string;
  /** Where the code of SoundBite itself lies. */
  readonly installation: string;
  /** The Python that has the emulator. */
  readonly python: string;
  /** `.soundbite`, or what SOUNDBITE_HOME names. */
  readonly home: string;
  /** The Node binary for children: the one that runs this. */
  readonly node: string;
  readonly port: number;
  /** It lives for one command, and ends with it all that it started. */
  readonly standalone: boolean;
  /** The digest of the running code; absent: unknown. */
  readonly code: string | undefined;
  /** A team's Postgres; absent: the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Where releases are that homes share; absent: each home has its own only. */
  readonly releaseStore: ReleaseStoreAddress | undefined;
  /** A `dev` session ends after this long without a heartbeat. */
  readonly devSilenceSeconds: number;
  /** The runtime of all environments of this home, whatever is declared; null: each has its own. */
  readonly runtime: 'compose' | null;
  /** `network`: this runs in a container of the engine, and is in the networks of its environments. */
  readonly reach: string | undefined;
  /** What people are told instead of 127.0.0.1, where a house is published at another address; absent: that one. */
  readonly shownAddress: string | undefined;
  /** The home of the host that runs the emulated accounts, in another container; absent: they run here. */
  readonly accountsHost: string | undefined;
  /** SOUNDBITE_CLOUD_<NAME>: clouds of single environments. */
  readonly cloudVariables: Readonly<Record<string, string>>;
  /** How the user's shell wants real accounts to be reached. */
  readonly userSettings: Readonly<Record<string, string>>;
}

/** The variables of the user's shell that a service process needs to reach a real account; it has its own credentials. */
const userSettings = [
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
  'AWS_RETRY_MODE',
  'AWS_MAX_ATTEMPTS',
  'AWS_DEFAULTS_MODE',
  'NODE_EXTRA_CA_CERTS',
];

/** Errors: `usage` when the environment lacks what the CLI always gives; `release-store-unusable`. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const root = absolute(env, 'SOUNDBITE_ROOT');
  const home = env.SOUNDBITE_HOME ? absolute(env, 'SOUNDBITE_HOME') : join(root, '.soundbite');
  const installation = env.SOUNDBITE_INSTALLATION ? absolute(env, 'SOUNDBITE_INSTALLATION') : root;
  return {
    root,
    installation,
    python: env.SOUNDBITE_PYTHON ? absolute(env, 'SOUNDBITE_PYTHON') : join(installation, '.venv/bin/python'),
    home,
    node: process.execPath,
    port: Number(env.PORT ?? 8100),
    standalone: env.SOUNDBITE_STANDALONE === 'true',
    code: env.SOUNDBITE_CODE,
    databaseUrl: env.DATABASE_URL || undefined,
    releaseStore: releaseStoreOf(env[releaseStoreVariable]),
    devSilenceSeconds: devSilenceOf(env.SOUNDBITE_DEV_SILENCE),
    runtime: env.SOUNDBITE_RUNTIME === 'compose' ? 'compose' : null,
    reach: env.SOUNDBITE_REACH || undefined,
    shownAddress: shownAddressOf(env),
    accountsHost: env.SOUNDBITE_ACCOUNTS_HOST ? absolute(env, 'SOUNDBITE_ACCOUNTS_HOST') : undefined,
    cloudVariables: chosen(env, (name) => name.startsWith('SOUNDBITE_CLOUD_')),
    userSettings: chosen(env, (name) => userSettings.includes(name)),
  };
}

const releaseStoreOf = (text: string | undefined) => (text ? parseReleaseStore(text) : undefined);

function chosen(env: NodeJS.ProcessEnv, is: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (is(name) && value !== undefined ? [[name, value]] : [])),
  );
}

function absolute(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value && isAbsolute(value)) return value;
  throw new SoundBiteError('usage', `${name} is ${value ? `"${value}", no absolute path` : 'not set'}`, {
    hint: 'start the control plane by ./scripts/soundbite.sh up',
  });
}
