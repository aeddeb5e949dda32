import type { Clouds, Environment, Infrastructure } from '@soundbite/model';
import { elsewhere } from '../elsewhere.ts';

/** Who has which emulated environment, in a database that several homes share. */
export interface Homes {
  /** Null: nobody yet. */
  homeOf(environment: string): Promise<string | null>;
  /** Gives it to a home, unless another has it; says which one has it now. */
  giveTo(environment: string, home: string): Promise<string | null>;
}

/** A home beside others on one database. */
export interface Homed {
  readonly home: string;
  /** Refuses an emulated environment of another home. Errors: `environment-elsewhere`. */
  check(environment: Environment): Promise<void>;
  /** Gives an emulated environment to this home. Errors: `environment-elsewhere`. */
  take(environment: Environment): Promise<void>;
}

/**
 * Keeps a home to its own emulated accounts. Records of a shared database may tell of those of another home, of which this one may be a copy: both
 * pass every fence, since both act for the same installation, and still the accounts differ. Errors: `environment-elsewhere`.
 */
export function keptHome(home: string, homes: () => Promise<Homes>) {
  /** What is known to be here: credentials are given on while the database is away. */
  const ours = new Set<string>();

  function judge(name: string, holder: string | null): void {
    if (holder !== null && holder !== home) throw elsewhere(name, holder);
    if (holder === home) ours.add(name);
  }
  async function take({ name, cloud }: Environment): Promise<void> {
    if (cloud.kind === 'emulated') judge(name, await (await homes()).giveTo(name, home));
  }

  async function check({ name, cloud }: Environment): Promise<void> {
    if (cloud.kind === 'emulated' && !ours.has(name)) judge(name, await (await homes()).homeOf(name));
  }

  const clouds = (all: Clouds): Clouds => ({
    async of(environment) {
      await check(environment);
      return all.of(environment);
    },
  });
  /** Whoever changes an account first has the environment. */
  const infrastructure = (all: Infrastructure): Infrastructure => ({
    ...all,
    async bootstrap(environment, ...rest) {
      await take(environment);
      return all.bootstrap(environment, ...rest);
    },
    async deploy(environment, ...rest) {
      await take(environment);
      return all.deploy(environment, ...rest);
    },
    async recover(environment, ...rest) {
      await take(environment);
      return all.recover(environment, ...rest);
    },
    async destroy(environment, ...rest) {
      await all.destroy(environment, ...rest);
      ours.delete(environment.name);
    },
  });
  return { home, check, take, clouds, infrastructure };
}
