import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ControlPlaneAddress, connect, type Status } from '@soundbite/client';
import { expect, inject } from 'vitest';
import { soundbite } from './environments.ts';

/** What a demo might change. */
export interface Place {
  readonly status: Status['environments'];
  readonly infrastructure: string | null;
  readonly previous: string | null;
  readonly releases: readonly string[];
}

/** All of that, now. */
export async function everything(): Promise<Place> {
  const client = connect(await endpointOf(inject('home')));
  const [{ environments }, { record }, { releases }] = await Promise.all([
    client.status(),
    client.environment('production'),
    client.releases(),
  ]);
  return {
    status: environments,
    infrastructure: record.infrastructureRelease,
    previous: record.previousRelease,
    releases: releases.map(({ release }) => release),
  };
}

/** Whatever was here before: nothing keeps anything out of production, and it has the working tree. */
export async function readyForDemo(): Promise<void> {
  for (const words of [['resume', 'production'], ['up']]) {
    const run = await soundbite(...words, '--json');
    expect(run.code, run.stdout + run.stderr).toBe(0);
  }
}

/** Where the control plane of a home answers, and by what token. */
export const endpointOf = async (home: string) =>
  ControlPlaneAddress.parse(JSON.parse(await readFile(join(home, 'control-plane.json'), 'utf8')));
