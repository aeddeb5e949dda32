import { type ReactNode, useId, useState } from 'react';
import { usePast } from '../navigation.tsx';
import { useAsker } from '../state.ts';
import { type Act, whyNot } from './act.ts';
import { ActDialog } from './act-dialog.tsx';

/** A button that asks for an act; `children` stand in its dialog, for what it would do beside what it brings. Where the reader may not do it, it says so and who may. Nobody acts in the past. */
export function ActButton({ act, children }: { readonly act: Act; readonly children?: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const why = useId();
  const refusal = whyNot(useAsker().data, act);
  const isPast = usePast() !== null;
  if (isPast) return null;
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-disabled={refusal !== null}
        aria-describedby={refusal === null ? undefined : why}
        title={refusal ?? undefined}
        onClick={() => setOpen(refusal === null)}
      >
        {act.verb}
      </button>
      {refusal !== null && (
        <span id={why} hidden>
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
