import { amountIn, type ComponentMemory, componentMemory, type ProcessComponent } from '@soundbite/model';

/** Of a process that says nothing of the time that its work takes. */
const usualSeconds = 30;
/** Seconds that a process has for ending beyond the time of one piece of work: it may have waited for its turn. */
const endingSeconds = 10;

/** What a process may use and how long it may take to end, as it is declared; usual ones where the settings do not say it. */
export function processLimits(
  settings: Readonly<Record<string, unknown>>,
  component: Pick<ProcessComponent, 'memory' | 'reserved' | 'seconds'>,
): ComponentMemory & { readonly stopWithinMs: number } {
  return {
    ...componentMemory(settings, component),
    stopWithinMs: ((amountIn(settings, component.seconds) ?? usualSeconds) + endingSeconds) * 1000,
  };
}
