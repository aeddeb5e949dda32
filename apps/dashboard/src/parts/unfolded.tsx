import { type ReactNode, useState } from 'react';
import { inFragment, keepInFragment } from './in-fragment.ts';

interface UnfoldedProps {
  readonly summary: ReactNode;
  /** By which the address says that it is unfolded; absent: it does not. */
  readonly name?: string;
  /** Made when it is opened: until then nothing is asked, and nothing long is drawn. */
  children(): ReactNode;
}

/** What is shown on demand. */
export function Unfolded({ summary, name, children }: UnfoldedProps) {
  const [isOpen, setOpen] = useState(() => name !== undefined && inFragment(name) !== null);
  const toggled = (isNowOpen: boolean) => {
    setOpen(isNowOpen);
    if (name !== undefined) keepInFragment(name, isNowOpen ? '' : null);
  };
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => toggled(currentTarget.open)}>
      <summary>{summary}</summary>
      {isOpen && children()}
    </details>
  );
}
