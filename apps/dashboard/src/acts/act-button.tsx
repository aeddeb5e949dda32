import { type ReactNode, useId, useRef, useState } from 'react';
import { useAsker } from '../asker.tsx';
import { usePast } from '../navigation.tsx';
import { type Act, whyNot } from './act.ts';
import { ActDialog } from './act-dialog.tsx';
import { useKeptFocus } from './kept-focus.ts';

/** A button that asks for an act; `children` stand in its dialog, for what it would do beside what it brings. Where the reader may not do it, it says so and who may. Nobody acts in the past. */
export const ActButton = (asked: ActButtonProps) => (usePast() === null ? <PresentButton {...asked} /> : null);

interface ActButtonProps {
  readonly act: Act;
  readonly children?: ReactNode;
}

function PresentButton({ act, children }: ActButtonProps) {
  const [isOpen, setOpen] = useState(false);
  // A finger sees no tooltip.
  const [isTold, setTold] = useState(false);
  const why = useId();
  const button = useRef<HTMLButtonElement>(null);
  useKeptFocus(button);
  const refusal = whyNot(useAsker(), act);
  // Who hears a list of buttons must tell those of one environment from another's.
  const where = typeof act.environment === 'string' ? `, ${act.environment}` : `: ${act.title}`;
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={act.verb + where}
        aria-haspopup="dialog"
        aria-disabled={refusal !== null}
        aria-describedby={refusal === null ? undefined : why}
        title={refusal ?? undefined}
        onClick={() => (refusal === null ? setOpen(true) : setTold(true))}
      >
        {act.verb}
      </button>
      {refusal !== null && (
        <span id={why} className="refusal" hidden={!isTold}>
          {refusal}
        </span>
      )}
      {isOpen && (
        <ActDialog act={act} onClose={() => setOpen(false)}>
          {children}
        </ActDialog>
      )}
    </>
  );
}
