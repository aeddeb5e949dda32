import type { DemoRun, DemoView } from '@soundbite/client';
import { keepHere, keptHere } from '../../parts/in-this-browser.ts';

/** What this browser keeps: that the offer was put away, and which run's end was read. */
export interface KeptOfDemo {
  readonly isPutAway: boolean;
  readonly read: string | null;
}

/** For so long its end is shown to whoever comes, in ms. */
const shownForMs = 3_600_000;

/** What the home page shows of demos: one that runs or ended lately, else the offer to see one. `mayStart`: the reader. `now`: ms since 1970. */
export function shownDemo(
  view: DemoView | undefined,
  kept: KeptOfDemo,
  mayStart: boolean,
  now: number,
): DemoRun | 'offer' | null {
  if (!view) return null;
  const { run, refusal } = view;
  const isNews = run !== null && (run.ended === null || now - Date.parse(run.ended) < shownForMs);
  if (isNews && run.id !== kept.read) return run;
  return refusal === null && mayStart && !kept.isPutAway ? 'offer' : null;
}

const place = 'soundbite-demo';

/** What is no such thing counts as nothing. */
export function keptOfDemo(): KeptOfDemo {
  try {
    const read = JSON.parse(keptHere(place) ?? '{}') as Partial<KeptOfDemo> | null;
    return { isPutAway: read?.isPutAway === true, read: typeof read?.read === 'string' ? read.read : null };
  } catch {
    return { isPutAway: false, read: null };
  }
}

export const keepOfDemo = (kept: KeptOfDemo): void => keepHere(place, JSON.stringify(kept));
