import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, ControlPlaneAddress, connect, type Status } from '@soundbite/client';
import { connectHost, type HostClient } from '@soundbite/processes';
import type { Written } from '../support/other-environments.ts';

/** Where the records are: Postgres, and the host that starts it again. */
export interface ChaosDatabase {
  host(): Promise<HostClient>;
  url(): Promise<string>;
}

/** Where chaos is made: a home whose environments run. */
export interface ChaosStage {
  readonly home: string;
  /** What its commands need beside the home. */
  readonly env: Readonly<Record<string, string>>;
  /** Its environments ask two people; whoever promotes without them overrides that gate. */
  readonly asksPeople: boolean;
  /** The environments that it declares; absent: those of this repository. */
  readonly declares?: readonly Written[];
  readonly database: ChaosDatabase;
  readonly client: Client;
  /** The same control plane, asked by who has this token. */
  as(token: string): Client;
  /** Finds the host anew: it may be what was killed. */
  host(): Promise<HostClient>;
  status(): Promise<Status>;
  /** Tells what happens, one line each. */
  say(line: string): void;
}

/** A home that runs, with its own database unless told. */
export function stageAt(
  home: string,
  say: (line: string) => void,
  { env = {}, asksPeople = false, database = databaseIn(home), ...more }: Partial<ChaosStage> = {},
): ChaosStage {
  const address = async () =>
    ControlPlaneAddress.parse(JSON.parse(await readFile(join(home, 'control-plane.json'), 'utf8')));
  const client = connect(address);
  return {
    ...more,
    ...{ home, env, asksPeople, database, client },
    as: (token) => connect(async () => ({ ...(await address()), token })),
    host: () => hostIn(home),
    status: () => eventually('the status', () => client.status()),
    say,
  };
}

async function hostIn(home: string): Promise<HostClient> {
  const host = await connectHost(home);
  if (!host) throw new Error(`no host lives in ${home}`);
  return host;
}

/** The Postgres that a home's host has. */
export function databaseIn(home: string): ChaosDatabase {
  return {
    host: () => hostIn(home),
    async url() {
      const password = await readFile(join(home, 'postgres.password'), 'utf8');
      const process = (await (await hostIn(home)).list()).find(({ name }) => name === 'postgres');
      return `postgres://soundbite:${password}@127.0.0.1:${process?.port ?? 0}/soundbite`;
    },
  };
}

/** An environment as chaos sees it. */
export interface ChaosPlace {
  readonly name: string;
  readonly url: string;
  readonly runtime: 'process' | 'compose' | 'aws';
  readonly account: string;
  readonly endpoint: string;
}

export async function places(stage: ChaosStage): Promise<ChaosPlace[]> {
  const { environments } = await stage.status();
  return environments.map(({ name, url, runtime, cloud }) => {
    if (!url || !cloud.endpoint) throw new Error(`${name} has no address`);
    return { name, url, runtime, account: cloud.account, endpoint: cloud.endpoint };
  });
}

/** Asks again while it throws; the last error after `withinMs`. */
export async function eventually<T>(what: string, look: () => Promise<T>, withinMs = 60_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > end)
        throw new Error(`${what} within ${withinMs / 1000} s: ${String(error)}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Which release answers in every environment, by its own word. */
export async function answering(all: readonly ChaosPlace[]): Promise<Map<string, string>> {
  const answers = all.map(async ({ name, url }) => {
    const release = await eventually(`${name}/version`, async () => {
      const answer = await fetch(`${url}/version`, { signal: AbortSignal.timeout(15_000) });
      if (!answer.ok) throw new Error(`GET ${url}/version answered ${answer.status}: ${await answer.text()}`);
      return ((await answer.json()) as { release: string }).release;
    });
    return [name, release] as const;
  });
  return new Map(await Promise.all(answers));
}
