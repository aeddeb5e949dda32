import { join } from 'node:path';
import type { Manifest } from '@soundbite/model';
import { hashOf, walk } from './files.ts';

/** The files of a release that is being made, as its manifest lists them. */
export const filesIn = async (place: string): Promise<Manifest['files']> =>
  Promise.all((await walk(place)).map(async ({ path }) => ({ path, ...(await hashOf(join(place, path))) })));
