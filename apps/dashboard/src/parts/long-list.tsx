import { type ReactNode, useState } from 'react';

/** So many are drawn at first, and so many more with each click: a release may have thousands of files. */
const atOnce = 50;

interface LongListProps<One> {
  readonly all: readonly One[];
  /** One as a list item, with its key. */
  children(one: One): ReactNode;
}

/** A list of any length. */
export function LongList<One>({ all, children }: LongListProps<One>) {
  const [shown, setShown] = useState(atOnce);
  return (
    <>
      <ol className="rows">{all.slice(0, shown).map(children)}</ol>
      {all.length > shown && (
        <button type="button" onClick={() => setShown(shown + 5 * atOnce)}>
          {Math.min(5 * atOnce, all.length - shown)} more of {all.length}
        </button>
      )}
    </>
  );
}
