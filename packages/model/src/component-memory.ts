import { amountIn } from './declared-amount.ts';
import type { ProcessComponent } from './service-declaration/process.ts';

/** Of a process that says no size. */
const usualHeapMiB = 512;
/** MiB that Node, its code, buffers and WebAssembly take beside the heap. */
const besideHeapMiB = 160;

/** What a component may use and what is kept for it, in MiB. */
export interface ComponentMemory {
  readonly heapMiB: number;
  /** All that it may use. */
  readonly limitMiB: number;
  /** What an engine keeps for it; null: nothing is declared. */
  readonly reservedMiB: number | null;
}

/** All that a component may use, in MiB, by what its heap may. */
export const memoryLimitMiB = (heapMiB: number): number => heapMiB + besideHeapMiB;

/** The memory of a component as it is declared; the usual where the settings do not say it. */
export function componentMemory(
  settings: Readonly<Record<string, unknown>>,
  { memory, reserved }: Pick<ProcessComponent, 'memory' | 'reserved'>,
): ComponentMemory {
  const heapMiB = amountIn(settings, memory) ?? usualHeapMiB;
  return { heapMiB, limitMiB: memoryLimitMiB(heapMiB), reservedMiB: amountIn(settings, reserved) };
}
