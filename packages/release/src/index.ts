export { type Adoption, sealAdopted } from './adopted.ts';
export { bundleEntry } from './bundle.ts';
export { type CutEvent, type CutOptions, type CutStep, cutRelease, cutSteps } from './cut.ts';
export { templateOf } from './cut-for.ts';
export { inputsDigest } from './inputs.ts';
export { s3Bucket } from './shared/s3-bucket.ts';
export { sharedReleases } from './shared/shared-releases.ts';
export { sharingStore } from './sharing-store.ts';
export { releaseStore } from './store.ts';
