import { writeSync } from 'node:fs';
import { pino } from 'pino';

/**
 * The log: one JSON object a line on standard output, which the host leads into a file. A line that finds no room (a full disk, a reader that
 * left) is lost; it ends nothing and holds nothing up. Pino's own destination throws it at nobody, and waits for room for ever in its last line.
 */
export function openLog() {
  return pino({ level: 'info', base: null }, { write: writeIfPossible });
}

/** Output of libraries must not end the process either. */
export function neverFail(...outputs: readonly NodeJS.WriteStream[]): void {
  for (const output of outputs) output.on('error', () => undefined);
}

let broken = false;

function writeIfPossible(line: string): void {
  let rest = Buffer.from(broken ? `\n${line}` : line);
  const whole = rest.length;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
    broken = false;
  } catch {
    // A line of which only a part found room ends before the next one.
    broken ||= rest.length < whole;
  }
}
