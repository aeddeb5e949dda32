export { atAddress, authorizerAnswers } from './at-address.ts';
export { readEvidence } from './files/read.ts';
export { type CollectorOptions, programCollector } from './programs.ts';
export { type Ask, dependencyFindings, type Finding, type Health, type Jobs, serviceHealth } from './service-health.ts';
