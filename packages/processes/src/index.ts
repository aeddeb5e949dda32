export type { HostClient } from './client.ts';
export { down } from './down.ts';
export { connectHost, startHost } from './launch.ts';
export { holdControlPlane } from './lock.ts';
export type { Postgres } from './postgres.ts';
export { ensurePostgres, postgres } from './postgres.ts';
export { homeIdAt } from './standing.ts';
