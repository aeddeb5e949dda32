export { amongHosts } from './among-hosts.ts';
export { type HostClient, hostElsewhere } from './client.ts';
export { down } from './down.ts';
export { isStopped } from './identity.ts';
export { connectHost, startHost } from './launch.ts';
export { holdControlPlane } from './lock.ts';
export { ensurePostgres } from './postgres.ts';
export { hasOwnPostgres, runningPostgres } from './postgres-running.ts';
export { homeIdAt } from './standing.ts';
