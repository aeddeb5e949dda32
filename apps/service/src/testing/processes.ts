import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stopProcess, until } from './emulator.ts';

/** A part of the service as a process, started as a release would be. */
export interface RunningPart {
  readonly url: string;
  readonly child: ChildProcess;
  /** Its log lines so far. */
  readonly lines: readonly Record<string, unknown>[];
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Starts `node main.ts <part>` and waits until it listens. `entry` may be a bundle. */
export async function startPart(
  part: 'api' | 'worker',
  environment: Readonly<Record<string, string>>,
  entry: string = MAIN,
): Promise<RunningPart> {
  const child = spawn(process.execPath, [entry, part], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Record<string, unknown>[] = [];
  let errors = '';
  let rest = '';
  child.stderr.on('data', (piece: Buffer) => {
    errors += piece.toString();
  });
  child.stdout.on('data', (piece: Buffer) => {
    const all = (rest + piece.toString()).split('\n');
    rest = all.pop() ?? '';
    for (const line of all) lines.push(JSON.parse(line) as Record<string, unknown>);
  });
  const port = () => lines.find((line) => line.msg === `${part} listens`)?.port;
  await until(15_000, `${part} to listen`, async () => {
    if (child.exitCode !== null) throw new Error(`${part} ended with code ${child.exitCode}: ${errors}`);
    return port() !== undefined;
  });
  return {
    url: `http://127.0.0.1:${port()}`,
    child,
    lines,
    stop: (signal = 'SIGTERM') => stopProcess(child, signal),
  };
}
