export { atAddress, authorizerAnswers } from './at-address.ts';
export { type Ask, dependencyFindings, type Finding, type Health, type Jobs, serviceHealth } from './service-health.ts';
export { type SmokeOptions, smokeCollector } from './smoke.ts';
