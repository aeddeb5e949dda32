import { getSystemErrorMap } from 'node:util';
import { errorReport } from '@soundbite/reports/error.ts';
import { exits } from './exits.ts';
import type { Outputs } from './output.ts';

/**
 * Waits until everything was read, and gives the exit code. A reader that left changes nothing. Another fault of writing is said where that is
 * still possible (standard output of `--json` is one document and nothing else), and turns 0 into 3: the caller did not get the answer.
 */
export async function conclude({ stdout, stderr }: Outputs, exit: number, json: boolean): Promise<number> {
  await Promise.all([stdout.settled(), stderr.settled()]);
  const unwritten = [
    { name: 'standard output', problem: stdout.problem(), sayOn: stderr },
    { name: 'standard error', problem: stderr.problem(), sayOn: json ? null : stdout },
  ];
  for (const { name, problem, sayOn } of unwritten) {
    if (problem) sayOn?.write(`${sentence(name, problem)}\n`);
  }
  await Promise.all([stdout.settled(), stderr.settled()]);
  return exit === exits.done && unwritten.some(({ problem }) => problem) ? exits.errored : exit;
}

function sentence(name: string, { code = '', errno = 0, message }: NodeJS.ErrnoException): string {
  const why = getSystemErrorMap().get(errno)?.[1] ?? message;
  return errorReport({
    code: 'output-unwritable',
    message: `${name} could not be written: ${why}${code && ` (${code})`}`,
    hint: fixes[code] ?? 'write it somewhere else',
  });
}

const fixes: Readonly<Record<string, string>> = {
  ENOSPC: 'free space on that disk, or write it somewhere else',
  EDQUOT: 'free space within the quota, or write it somewhere else',
};
