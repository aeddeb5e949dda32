export type { HostClient } from './client.ts';
export { down } from './down.ts';
export { connectHost, startHost } from './launch.ts';
