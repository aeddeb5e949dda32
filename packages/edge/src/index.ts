export { edgeClient } from './client.ts';
export { edgeSpec } from './spec.ts';
