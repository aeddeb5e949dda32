import { amountIn, type ProcessComponent } from '@soundbite/model';

/** Of a process that says no size. */
const usualHeapMiB = 512;
/** MiB that Node, its code, buffers and WebAssembly take beside the heap. */
const besideHeapMiB = 160;
/** Of a process that says nothing of the time that its work takes. */
const usualSeconds = 30;
/** Seconds that a process has for ending beyond the time of one piece of work: it may have waited for its turn. */
const endingSeconds = 10;

/** All that a component may use, in MiB, by what its heap may. */
export const memoryLimitMiB = (heapMiB: number): number => heapMiB + besideHeapMiB;

/** How large the heap of a process may become and how long it may take to end, as it is declared; usual ones where the settings do not say it. */
export function processLimits(
  settings: Readonly<Record<string, unknown>>,
  { memory, seconds }: Pick<ProcessComponent, 'memory' | 'seconds'>,
): { readonly heapMiB: number; readonly stopWithinMs: number } {
  return {
    heapMiB: amountIn(settings, memory) ?? usualHeapMiB,
    stopWithinMs: ((amountIn(settings, seconds) ?? usualSeconds) + endingSeconds) * 1000,
  };
}
