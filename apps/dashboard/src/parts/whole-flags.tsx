import type { ReactNode } from 'react';

/** A text in which no flag of a command (`--person`) is broken at the end of a line. */
export const wholeFlags = (text: string): ReactNode =>
  text.split(/(--[a-z][a-z-]*)/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name, and keep their places.
      <span key={index} className="flag">
        {part}
      </span>
    ),
  );
