import type { ApiHandler } from './lambda/api.ts';
import type { WorkerHandler } from './lambda/worker.ts';

/**
 * The bundle's one entry. Imported by Lambda it gives two handlers, run as `node index.mjs api|worker` it is a process, and in a
 * worker thread it is Flite's. Each loads only what it needs.
 */

let apiHandler: Promise<ApiHandler> | undefined;
let workerHandler: Promise<WorkerHandler> | undefined;

/** HTTP API event (payload 2.0) → answer. */
export const api: ApiHandler = async (event) => {
  apiHandler ??= import('./lambda/api.ts').then(({ createApiHandler }) => createApiHandler());
  return (await apiHandler)(event);
};

/** SQS event → partial batch response; `{"soundbite":"sweep"}` → what the sweep did. */
export const worker: WorkerHandler = async (event) => {
  workerHandler ??= import('./lambda/worker.ts').then(({ createWorkerHandler }) => createWorkerHandler());
  return (await workerHandler)(event);
};

const { isMainThread } = await import('node:worker_threads');
if (!isMainThread) {
  const { isFliteThread, runFliteThread } = await import('./engines/flite-thread.ts');
  if (isFliteThread()) await runFliteThread();
} else if (import.meta.main) {
  const { runProcess } = await import('./processes/run.ts');
  await runProcess(process.argv.slice(2));
}
