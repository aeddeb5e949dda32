import type { Plan } from '@soundbite/client';
import type { StateTone } from '../parts/state-mark.tsx';

/** Whether a release may enter, in one word. */
interface Entrance {
  readonly tone: StateTone;
  readonly word: string;
}

/** The order lets it in or not; then each gate may keep it out, for now or for good. */
export function entranceOf({ admitted }: Plan['admission'], gates: Plan['gates']): Entrance {
  const says = (verdict: Plan['gates'][number]['verdict']) => gates.some((gate) => gate.verdict === verdict);
  if (!admitted || says('fail')) return { tone: 'down', word: 'may not enter' };
  // One that could not be asked is asked again.
  return says('wait') || says('errored')
    ? { tone: 'waiting', word: 'may enter later' }
    : { tone: 'healthy', word: 'may enter' };
}
