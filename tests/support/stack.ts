import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { cli } from './cli.ts';
import { temporaryHome } from './home.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The home of the stack that all journeys share. */
    home: string;
    /** What `up staging --json` printed on the empty home; null on one that was kept. */
    upStaging: string | null;
  }
}

/** One `up` for all journeys, in two parts: as far as staging, then the rest. Each of them leaves the five environments healthy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { home, remove } = await chosenHome();
  const isEmpty = !existsSync(home);
  const bringUp = async (...names: string[]) => {
    const up = await cli(['up', ...names, '--json'], { home });
    if (up.code === 0) return up.stdout;
    await remove();
    throw new Error(`up ${names.join(' ')} failed with exit code ${up.code}:\n${up.stdout}\n${up.stderr}`);
  };
  const upStaging = await bringUp('staging');
  await bringUp();
  project.provide('home', home);
  project.provide('upStaging', isEmpty ? upStaging : null);
  return remove;
}

/** SOUNDBITE_JOURNEY_HOME keeps one stack over several runs, for whoever writes a journey. */
function chosenHome(): ReturnType<typeof temporaryHome> {
  const kept = process.env.SOUNDBITE_JOURNEY_HOME;
  return kept ? Promise.resolve({ home: kept, remove: async () => {} }) : temporaryHome();
}
