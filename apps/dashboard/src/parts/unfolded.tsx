import { type ReactNode, useState } from 'react';

interface UnfoldedProps {
  readonly summary: ReactNode;
  /** Made when it is opened: until then nothing is asked, and nothing long is drawn. */
  children(): ReactNode;
}

/** What is shown on demand. */
export function Unfolded({ summary, children }: UnfoldedProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{summary}</summary>
      {isOpen && children()}
    </details>
  );
}
