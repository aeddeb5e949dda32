export { type AudioMeasure, measureWav, speechLimits, speechProblems } from './audio.ts';
export { type SmokeOptions, smokeCollector } from './smoke.ts';
