import type { HealthPaths } from './health-paths.ts';

/** Where a service that keeps the service contract says whether it is well. docs/reference/service.md says what else it answers. */
export const contractPaths: HealthPaths = { alive: '/health', ready: '/ready', keepsContract: true };
