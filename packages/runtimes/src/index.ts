export { awsRuntime } from './aws/runtime.ts';
export {
  type InfrastructureEvent,
  type InfrastructureOptions,
  infrastructure,
} from './infrastructure/infrastructure.ts';
