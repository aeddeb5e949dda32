/**
 * The contract of the control plane's HTTP API (`/v1`). The control plane validates with these schemas what comes in, the client what comes back;
 * `--json` prints the very same documents. Unknown fields of an answer are dropped, so that a newer control plane may say more.
 */
export * from './schemas/accounts.ts';
export * from './schemas/commits.ts';
export * from './schemas/cut-from.ts';
export * from './schemas/demo.ts';
export * from './schemas/dev.ts';
export * from './schemas/environments.ts';
export * from './schemas/events.ts';
export * from './schemas/evidence.ts';
export * from './schemas/flow.ts';
export * from './schemas/overview.ts';
export * from './schemas/people.ts';
export * from './schemas/promotions.ts';
export * from './schemas/releases.ts';
export * from './schemas/server.ts';
export * from './schemas/tracking.ts';
export * from './schemas/traffic.ts';
