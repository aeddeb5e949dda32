import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down } from '@soundbite/processes';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The home of the Postgres that parts share, each file with databases of its own. The first that needs it starts it. */
    postgresHome: string;
  }
}

/** A place for a Postgres that files share; what was started there ends with the last of them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-parts-'));
  const home = join(directory, 'home');
  project.provide('postgresHome', home);
  return async () => {
    await down(home, { purge: true });
    await rm(directory, { recursive: true, force: true });
  };
}
