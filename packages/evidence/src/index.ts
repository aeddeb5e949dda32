export { type Finding, type Health, type Jobs, probe } from './health.ts';
export { type SmokeOptions, smokeCollector } from './smoke.ts';
