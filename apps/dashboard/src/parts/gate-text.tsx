import type { PromotionView } from '@soundbite/client';
import type { ReactNode } from 'react';
import { Moment } from './moment.tsx';
import { Written } from './written.tsx';

interface GateTextProps {
  readonly of: PromotionView['gates'][number];
  /** How much of its reasons is shown, in code points. */
  readonly most?: number;
  /** Behind its name. */
  readonly children?: ReactNode;
}

/** What a gate said: its reasons, whose word is asked for unless they say it, and when time alone may change it. */
export const GateText = ({ of: { gate, reasons, who, until }, most, children }: GateTextProps) => (
  <>
    <strong>{gate}</strong>
    {children ?? ': '}
    <Written {...(most !== undefined && { most })}>{reasons.join('; ')}</Written>
    {who && !who.every((one) => reasons.some((reason) => reason.includes(one))) && (
      <>
        ; asked are <Written>{who.join(', ')}</Written>
      </>
    )}
    {until && (
      <>
        , ends <Moment time={until} />
      </>
    )}
  </>
);
