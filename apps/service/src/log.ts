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
  return out ? pino(options, out) : pino(options);
}

export type Log = ReturnType<typeof openLog>;
