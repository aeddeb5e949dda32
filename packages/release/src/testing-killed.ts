import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CutStep } from './cut.ts';

/** A cut in a process of its own, which kills itself `after` ms into a step: so it is this moment and no later one. `place` takes its program. */
export interface KilledCut {
  readonly step: CutStep;
  readonly after: number;
  readonly source: string;
  readonly store: string;
  readonly place: string;
}

/** Cuts until it is killed. It must not have come to its end. */
export async function cutKilled({ step, after, source, store, place }: KilledCut): Promise<void> {
  const script = join(place, `killed-${step}-${after}.ts`);
  const index = JSON.stringify(new URL('./cut.ts', import.meta.url).href);
  writeFileSync(
    script,
    `const { cutRelease } = await import(${index});
     const end = () => process.kill(process.pid, 'SIGKILL');
     const emit = ({ step, state }) => {
       if (step === ${JSON.stringify(step)} && state === 'started') ${after === 0 ? 'end()' : `setTimeout(end, ${after})`};
     };
     await cutRelease({ source: ${JSON.stringify(source)}, store: ${JSON.stringify(store)}, emit });`,
  );
  const child = spawn(process.execPath, [script], { stdio: 'ignore' });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
}
