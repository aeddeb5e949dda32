import type { Status, StatusEnvironment } from '@soundbite/client';
import { inject } from 'vitest';
import { type CliRun, cli } from './cli.ts';

/** The CLI on the stack that all journeys share. */
export const soundbite = (...args: string[]): Promise<CliRun> => cli(args, { home: inject('home') });

export async function status(): Promise<Status> {
  return (await soundbite('status', '--json')).json<Status>();
}

export async function environmentStatus(name: string): Promise<StatusEnvironment & { url: string }> {
  const found = (await status()).environments.find((candidate) => candidate.name === name);
  if (!found?.url) throw new Error(`${name} has no address`);
  return { ...found, url: found.url };
}

/** What an environment itself says of its release. */
export async function runningRelease(url: string): Promise<string> {
  return ((await (await fetch(`${url}/version`)).json()) as { release: string }).release;
}

/** The contract of `promote --json`, as far as journeys read it. */
export interface PromotionDocument {
  readonly promotion: string;
  readonly environment: string;
  readonly release: string;
  readonly previous: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly steps: readonly {
    readonly name: string;
    readonly state: string;
    readonly seconds: number | null;
    readonly detail?: string;
  }[];
}
