import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli } from './cli.ts';

/** A home of its own for one test: whatever is started in it is ended and removed. */
export async function temporaryHome(): Promise<{ home: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-home-'));
  const home = join(directory, 'state');
  return {
    home,
    async remove() {
      const down = await cli(['down', '--purge'], { home });
      if (down.code !== 0) throw new Error(`down --purge failed: ${down.stderr}`);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
