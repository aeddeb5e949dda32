import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@soundbite/model';
import { workingCopy } from '../support/working-copy.ts';
import type { Stage } from './stage.ts';

const alarms = 'cdk/lib/observability.ts';

/**
 * Cuts releases that differ harmlessly: by a comment in the service and by the threshold of one alarm, so that each promotion publishes
 * new versions and updates the stack.
 */
export async function cutReleases(stage: Stage, thresholds: readonly number[]): Promise<Digest[]> {
  const copy = await workingCopy();
  try {
    const cut: Digest[] = [];
    for (const threshold of thresholds) {
      await change(join(copy.directory, 'apps/service/src/main.ts'), (text) => `${text}\n// chaos ${threshold}\n`);
      await change(join(copy.directory, alarms), (text) => {
        if (!/above: \d+,/.test(text)) throw new Error(`${alarms} has no threshold any more that chaos could change`);
        return text.replace(/above: \d+,/, `above: ${threshold},`);
      });
      await copy.commit(`An alarm rings above ${threshold}`);
      cut.push((await stage.client.cut(copy.directory)).release as Digest);
    }
    return cut;
  } finally {
    await copy.remove();
  }
}

async function change(file: string, edit: (text: string) => string): Promise<void> {
  await writeFile(file, edit(await readFile(file, 'utf8')));
}
