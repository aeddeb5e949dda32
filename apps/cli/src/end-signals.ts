/** Signals that end a command in order. */
export const endSignals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
export type EndSignal = (typeof endSignals)[number];
