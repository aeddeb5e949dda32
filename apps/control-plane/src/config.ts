import { isAbsolute, join } from 'node:path';
import { SoundBiteError } from '@soundbite/model';

/** What the control plane is told by its environment; everything else it finds in `home`. */
export interface Config {
  /** The repository. */
  readonly root: string;
  /** `.soundbite`, or what SOUNDBITE_HOME names. */
  readonly home: string;
  /** The Node binary for children: the one that runs this. */
  readonly node: string;
  readonly port: number;
  /** A team's Postgres; absent: the embedded one. */
  readonly databaseUrl: string | undefined;
  /** SOUNDBITE_CLOUD_<NAME>: clouds of single environments. */
  readonly cloudVariables: Readonly<Record<string, string>>;
}

/** Errors: `usage` when the environment lacks what the CLI always gives. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const root = absolute(env, 'SOUNDBITE_ROOT');
  const home = env.SOUNDBITE_HOME ? absolute(env, 'SOUNDBITE_HOME') : join(root, '.soundbite');
  const cloudVariables = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith('SOUNDBITE_CLOUD_') && value !== undefined ? [[name, value]] : [],
    ),
  );
  return {
    root,
    home,
    node: process.execPath,
    port: Number(env.PORT ?? 8100),
    databaseUrl: env.DATABASE_URL || undefined,
    cloudVariables,
  };
}

function absolute(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value && isAbsolute(value)) return value;
  throw new SoundBiteError('usage', `${name} is ${value ? `"${value}", no absolute path` : 'not set'}`, {
    source: 'user',
    mend: 'start the control plane by ./scripts/soundbite.sh up',
  });
}
