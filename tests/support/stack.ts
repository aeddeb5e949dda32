import type { TestProject } from 'vitest/node';
import { cli } from './cli.ts';
import { temporaryHome } from './home.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The home of the stack that all journeys share. */
    home: string;
    /** How long the first `up` took, in seconds. */
    upSeconds: number;
  }
}

/** One `up` for all journeys: each of them leaves the five environments healthy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { home, remove } = await chosenHome();
  const from = performance.now();
  const up = await cli(['up', '--json'], { home });
  if (up.code !== 0) {
    await remove();
    throw new Error(`up failed with exit code ${up.code}:\n${up.stdout}\n${up.stderr}`);
  }
  project.provide('home', home);
  project.provide('upSeconds', (performance.now() - from) / 1000);
  return remove;
}

/** SOUNDBITE_JOURNEY_HOME keeps one stack over several runs, for whoever writes a journey. */
function chosenHome(): ReturnType<typeof temporaryHome> {
  const kept = process.env.SOUNDBITE_JOURNEY_HOME;
  return kept ? Promise.resolve({ home: kept, remove: async () => {} }) : temporaryHome();
}
