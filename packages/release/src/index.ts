export { type CutEvent, type CutOptions, type CutStep, cutRelease, cutSteps } from './cut.ts';
export { inputsDigest } from './inputs.ts';
export { releaseStore } from './store.ts';
