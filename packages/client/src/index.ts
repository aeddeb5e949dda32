// Files of the model are imported one by one here, in reports and in the CLI: a command starts 40 ms sooner without the model's YAML and templates.
export * from './client.ts';
export * from './schemas.ts';
export { type Endpoint, isConnectionError, type Locate } from './transport.ts';
