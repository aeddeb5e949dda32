import { openParts } from '../parts.ts';
import { readSettings } from '../settings.ts';
import { type BatchResponse, handleBatch } from '../worker/batch.ts';
import { type SweepReport, sweepSoundbites } from '../worker/sweep.ts';

export type WorkerHandler = (event: unknown) => Promise<BatchResponse | SweepReport>;

/** The worker as a Lambda function: fed by the queue's mapping, and each minute told to sweep. Made once for each instance. */
export async function createWorkerHandler(): Promise<WorkerHandler> {
  const parts = openParts(readSettings(process.env), 'worker');
  await (await parts.engine()).warm();
  return async (event) => (isSweep(event) ? sweepSoundbites(parts) : handleBatch(parts, event));
}

/** `{"soundbite":"sweep"}`: what the schedule sends. */
function isSweep(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'soundbite' in event && event.soundbite === 'sweep';
}
