import type { Role } from './specs.ts';

/** Of a process about whose size the settings say nothing. */
const usualHeapMiB = 512;
/** Of a process about whose work the settings say nothing. */
const usualSeconds = 30;
/** Seconds that a process has for ending beyond the time of one job: it may have waited for its turn. */
const endingSeconds = 10;

/**
 * How much memory a process may use and how long it may take to end, as far as settings name these numbers: `memory.<role>MiB` and
 * `jobTimeoutSeconds`. That services say so by such names is for those alone that run as processes.
 */
export function processLimits(
  settings: Readonly<Record<string, unknown>>,
  role: Role,
): { readonly heapMiB: number; readonly stopWithinMs: number } {
  const memory = settings.memory as Readonly<Record<string, unknown>> | null | undefined;
  const seconds = positive(settings.jobTimeoutSeconds) ?? usualSeconds;
  return {
    heapMiB: positive(memory?.[`${role}MiB`]) ?? usualHeapMiB,
    stopWithinMs: (seconds + endingSeconds) * 1000,
  };
}

const positive = (value: unknown): number | null => (typeof value === 'number' && value > 0 ? value : null);
