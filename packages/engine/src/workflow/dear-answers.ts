import type { GateRecord } from '@soundbite/model';
import { patience } from '../patience.ts';

/**
 * What dear gates said of promotions that wait: while something else keeps a promotion anyway, they are asked once a minute, however often that other
 * thing is looked at.
 */
export interface DearAnswers {
  /** By promotion and gate; null: it has to be asked. `now`: ms since 1970. */
  kept(promotion: string, gate: string, now: number): GateRecord | null;
  keep(promotion: string, said: GateRecord, now: number): void;
}

/** In memory: whoever takes a promotion over asks anew. */
export function dearAnswers(keptMs: number = patience.admission.gatesMs): DearAnswers {
  const answers = new Map<string, { readonly at: number; readonly said: GateRecord }>();
  const isOld = (at: number, now: number) => now - at >= keptMs || now < at;
  return {
    kept(promotion, gate, now) {
      const found = answers.get(`${promotion} ${gate}`);
      if (!found || isOld(found.at, now)) return null;
      const { until } = found.said;
      return until !== null && Date.parse(until) <= now ? null : found.said;
    },
    keep(promotion, said, now) {
      for (const [key, { at }] of answers) if (isOld(at, now)) answers.delete(key);
      answers.set(`${promotion} ${said.gate}`, { at: now, said });
    },
  };
}

/** Nothing is kept: whoever asks once wants to know how it is now. */
export const askedAnew: DearAnswers = { kept: () => null, keep: () => {} };
