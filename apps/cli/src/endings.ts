/** Signals that end a command in order. */
export const endings = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
export type Ending = (typeof endings)[number];
