import type { PromotionView } from '@soundbite/model/promotion.ts';
import { stateTones } from './promotion.ts';
import { type Paint, plain, printable, short } from './text.ts';

/** What a reader of events hears, as the contract has it. */
type HeardLine =
  | { readonly kind: 'begun'; readonly sequence: number; readonly reset: boolean }
  | { readonly kind: 'away'; readonly since: string }
  | {
      readonly kind: string;
      readonly sequence: number;
      readonly at: string;
      readonly subject: string;
      readonly view: PromotionView | null;
    };

/** One line of `events`: `2026-01-02T03:04:05.678Z  1201  promotion  staging ← 0123456789ab running: smoke  6f1e…`. */
export function eventText(line: HeardLine, paint: Paint = plain): string {
  if ('since' in line) return paint('warn', `${line.since}  the database is away; waiting for it`);
  if (!('subject' in line)) {
    if (line.reset) return paint('warn', `there is no such event: this begins behind ${line.sequence}`);
    return paint('dim', `behind event ${line.sequence}`);
  }
  const { at, sequence, kind, subject, view } = line;
  const what = kind === 'release' ? short(subject) : subject;
  return printable(`${at}  ${sequence}  ${kind}  `) + (view === null ? printable(what) : promotionText(view, paint));
}

function promotionText(view: PromotionView, paint: Paint): string {
  const { promotion, environment, kind, release, state, steps, reason } = view;
  const step = state === 'running' ? steps.at(-1) : undefined;
  const more = step ? `: ${step.name}` : reason ? `: ${reason}` : '';
  const title = `${environment} ${kind === 'rollback' ? 'back to' : '←'} ${short(release)} `;
  return `${printable(title)}${paint(stateTones[state], state)}${printable(more.replace(/\s+/g, ' '))}  ${printable(promotion)}`;
}
