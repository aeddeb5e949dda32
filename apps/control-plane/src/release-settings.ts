import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Release } from '@soundbite/model';

/** The settings that a release has for an environment. */
export const releasedSettings = async ({ directory }: Release, environment: string): Promise<unknown> =>
  JSON.parse(await readFile(join(directory, 'settings', `${environment}.json`), 'utf8'));
