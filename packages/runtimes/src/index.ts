export { awsRuntime } from './aws/runtime.ts';
export { type ReleaseImages, releaseImages } from './compose/images.ts';
export { composeRuntime } from './compose/runtime.ts';
export { cloudAlarms } from './infrastructure/alarms.ts';
export {
  type InfrastructureEvent,
  type InfrastructureOptions,
  infrastructure,
} from './infrastructure/infrastructure.ts';
export type { ProcessRuntimeOptions } from './process/parts.ts';
export { processRuntime } from './process/runtime.ts';
