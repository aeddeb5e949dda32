export { type CallOptions, type EngineCalls, engineCalls } from './calls.ts';
