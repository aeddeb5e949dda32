export * from './client.ts';
export * from './schemas.ts';
export { type Endpoint, isConnectionError, type Locate } from './transport.ts';
