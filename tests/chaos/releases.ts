import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@soundbite/model';
import { declareOthers } from '../support/other-environments.ts';
import { workingCopy } from '../support/working-copy.ts';
import type { ChaosStage } from './stage.ts';

const alarms = 'cdk/lib/observability.ts';

const app = 'apps/service/src/http/app.ts';
const named = '    await next();\n';
/** A gate asks a version by its pin; only users meet this. */
const broken = `    if (c.env.pinned !== true && c.req.path === '/soundbites' && c.req.method === 'GET') throw new Error('broken for users');\n${named}`;

export interface ChaosReleases {
  /** Two that are well. */
  readonly a: Digest;
  readonly b: Digest;
  /** Passes every gate, and answers users with 500 once it has the traffic. */
  readonly refused: Digest;
}

/**
 * Cuts releases that differ harmlessly: by a comment in the service and by the threshold of one alarm, so that each promotion publishes
 * new versions and updates the stack. All homes have them.
 */
export async function cutReleases(stages: readonly ChaosStage[]): Promise<ChaosReleases> {
  const copy = await workingCopy();
  const declared = stages[0]?.declares;
  if (declared) await declareOthers(copy.directory, declared);
  const cut = async (threshold: number): Promise<Digest> => {
    await change(join(copy.directory, 'apps/service/src/main.ts'), (text) => `${text}\n// chaos ${threshold}\n`);
    await change(join(copy.directory, alarms), (text) => replaced(text, /above: \d+,/, `above: ${threshold},`, alarms));
    await copy.commit(`An alarm rings above ${threshold}`);
    const cuts = await Promise.all(stages.map(({ client }) => client.cut({ source: copy.directory })));
    const [release, ...others] = new Set(cuts.map((one) => one.release as Digest));
    if (!release || others.length > 0) throw new Error('one commit became several releases');
    return release;
  };
  try {
    const [a, b] = [await cut(4711), await cut(4712)];
    await change(join(copy.directory, app), (text) => replaced(text, named, broken, app));
    return { a, b, refused: await cut(4713) };
  } finally {
    await copy.remove();
  }
}

function replaced(text: string, what: string | RegExp, by: string, file: string): string {
  const changed = text.replace(what, by);
  if (changed === text) throw new Error(`${file} has nothing any more that chaos could change: ${what}`);
  return changed;
}

async function change(file: string, edit: (text: string) => string): Promise<void> {
  await writeFile(file, edit(await readFile(file, 'utf8')));
}
