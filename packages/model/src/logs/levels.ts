/** How bad what a service logged is, by its own word. What is finer or coarser than these counts as the nearest: trace as debug, fatal as error. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Whether a level is that bad, or worse. */
export const isAtLeast = (level: LogLevel, least: LogLevel): boolean =>
  logLevels.indexOf(level) >= logLevels.indexOf(least);
