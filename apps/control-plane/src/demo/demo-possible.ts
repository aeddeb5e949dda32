import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DemoObstacle, demoIsReal, demoIsUnfit } from '@soundbite/model/demo/obstacle.ts';
import { demoFile, parseDemoScript } from '@soundbite/model/demo/script.ts';
import type { World } from '../world/world.ts';

/** As much of the world as says whether a demo can be shown in it. */
export type DemoWorld = Pick<World, 'config' | 'declaration'>;

/** Why no demo can be shown here, whatever is under way; null: one can. What passes, the demo finds out itself. */
export async function demoObstacle({ config, declaration }: DemoWorld): Promise<DemoObstacle | null> {
  const { environments } = declaration();
  const real = demoIsReal(environments, config.releaseStore?.bucket ?? null);
  if (real) return real;
  const hint = 'docs/guides/the-demo.md';
  const text = await readFile(join(config.root, demoFile), 'utf8').catch(() => null);
  if (text === null) return { code: 'demo-unfit', message: `there is no ${demoFile} in ${config.root}`, hint };
  const script = parseDemoScript({ file: demoFile, text });
  if (typeof script === 'string') return { code: 'demo-unfit', message: script, hint: `fix ${demoFile}` };
  const last = environments.at(-1);
  return last ? demoIsUnfit(last) : { code: 'demo-unfit', message: 'no environment is declared', hint };
}
