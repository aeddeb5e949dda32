import { pino } from 'pino';
import type { Settings } from './settings.ts';

/** The service's log: one JSON object a line on standard output, each naming environment and release. */
export function openLog(settings: Settings, part: 'api' | 'worker') {
  return pino({
    level: settings.service.logLevel,
    base: { part, environment: settings.environment, release: settings.release },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    errorKey: 'error',
  });
}

export type Log = ReturnType<typeof openLog>;
