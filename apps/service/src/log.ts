import { writeSync } from 'node:fs';
import { type DestinationStream, type LoggerOptions, pino } from 'pino';
import type { Settings } from './settings.ts';

/** The service's log: one JSON object a line on standard output, each naming environment, release and, on Lambda, the function's version. */
export function openLog(settings: Settings, part: 'api' | 'worker', out?: DestinationStream) {
  const { environment, release, functionVersion } = settings;
  const options: LoggerOptions = {
    level: settings.service.logLevel,
    base: { part, environment, release, ...(functionVersion === undefined ? {} : { version: functionVersion }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    errorKey: 'error',
  };
  return pino(options, out ?? { write: writeIfPossible });
}

let broken = false;

/** A line that finds no room (a full disk, a reader that left) is lost: it ends no request and no job. Pino's own destination throws it at nobody. */
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

export type Log = ReturnType<typeof openLog>;
