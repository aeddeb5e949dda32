import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { HistoryPlane } from './history-plane.ts';

/** A control plane over a year's records in a process of its own, as it is where people use it. */
export type PlaneApart = Pick<HistoryPlane, 'url' | 'token' | 'environments' | 'figures'> & {
  readonly promotion: string;
  readonly release: string;
};

/** Serves them while something is done. Errors: any, if it does not come up; what it said is on standard error. */
export async function onHistoryApart<Done>(work: (plane: PlaneApart) => Promise<Done>): Promise<Done> {
  const child = spawn(process.execPath, [import.meta.filename], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([once(lines, 'line'), ended.then(() => null)]);
    if (first === null) throw new Error('the control plane of the bench ended before it served');
    return await work(JSON.parse(String(first[0])) as PlaneApart);
  } finally {
    // It ends with its standard input, so also when this process is killed.
    child.stdin.end();
    await ended;
  }
}

/** The process: says where it serves, and ends when nobody holds its standard input. */
async function serve(): Promise<void> {
  const { onHistory } = await import('./history-plane.ts');
  await onHistory(async ({ url, token, environments, figures, promotion, releases }) => {
    const said = { url, token, environments, figures, promotion: promotion(90_001), release: releases.at(-30) };
    process.stdout.write(`${JSON.stringify(said)}\n`);
    await once(process.stdin.resume(), 'end');
  });
}

if (process.argv[1] === import.meta.filename) await serve();
