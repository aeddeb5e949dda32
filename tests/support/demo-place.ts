import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ControlPlaneAddress, type ReleaseList, type Status } from '@soundbite/client';
import { expect } from 'vitest';
import { soundbite, status } from './environments.ts';

/** What a demo might change. */
export interface Place {
  readonly status: Status['environments'];
  readonly infrastructure: string | null;
  readonly previous: string | null;
  readonly releases: readonly string[];
}

/** All of that, now. */
export async function everything(): Promise<Place> {
  const [{ environments }, shown, list] = await Promise.all([
    status(),
    soundbite('env', 'show', 'production', '--json'),
    soundbite('release', 'list', '--json'),
  ]);
  const { record } = shown.json<{ record: { infrastructureRelease: string | null; previousRelease: string | null } }>();
  return {
    status: environments,
    infrastructure: record.infrastructureRelease,
    previous: record.previousRelease,
    releases: list.json<ReleaseList>().releases.map(({ release }) => release),
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
