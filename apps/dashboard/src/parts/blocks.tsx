import { type FocusEvent, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { blockBegins, rowsOf } from './cut-blocks.ts';
import { useNearness } from './nearness.ts';

interface BlocksProps<One> {
  readonly all: readonly One[];
  keyOf(one: One): string;
  /** Into how many cells a row is divided; 1 when absent. */
  readonly columns?: number;
  readonly as: 'ol' | 'tbody';
  readonly className?: string;
  /** What scrolls; the page when absent. */
  readonly scroller?: RefObject<Element | null>;
  /** One as a row, with its key. */
  children(one: One): ReactNode;
}

/** How high a row is thought to be (px) until the first ones are there. */
const unseenHeight = 50;

/** Rows of any number, in blocks of which only those are drawn that are near what is seen, or have the focus. */
export function Blocks<One>({ all, keyOf, columns = 1, as, className, scroller, children }: BlocksProps<One>) {
  const known = useRef<ReadonlySet<string>>(new Set());
  // As the first ones are, and before they are painted: what is drawn in the place of the room for it moves nothing.
  const [rowHeight, setRowHeight] = useState(unseenHeight);
  const keys = all.map(keyOf);
  const begins = blockBegins(keys, known.current, rowsOf(columns));
  known.current = new Set(begins.slice(1).flatMap((begin) => keys[begin] ?? []));
  return begins.map((begin, index) => {
    const rows = all.slice(begin, begins[index + 1]);
    const place = { begin, rows: rows.length, height: rows.length * rowHeight };
    return (
      <Block
        key={index === 0 ? 'first' : keys[begin]}
        {...{ as, place, className, scroller }}
        drawn={index === 0 ? setRowHeight : undefined}
      >
        {() => rows.map(children)}
      </Block>
    );
  });
}

interface BlockProps {
  readonly as: 'ol' | 'tbody';
  /** How many rows stand before it, how many it has, and how high (px) it is thought to be. */
  readonly place: { readonly begin: number; readonly rows: number; readonly height: number };
  readonly className: string | undefined;
  readonly scroller: RefObject<Element | null> | undefined;
  /** Told once how high its rows are (px, on average). */
  readonly drawn: ((rowHeight: number) => void) | undefined;
  children(): ReactNode;
}

function Block({ as, place, className, scroller, drawn, children }: BlockProps) {
  const element = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, however many rows come later.
  useLayoutEffect(() => {
    const height = element.current?.getBoundingClientRect().height ?? 0;
    if (height > 0) drawn?.(height / place.rows);
  }, []);
  const { isNear, height } = useNearness(element, scroller, place.begin === 0);
  const [hasFocus, setFocus] = useState(false);
  const watched = {
    ...{ ref: element as RefObject<never>, onFocus: () => setFocus(true) },
    // What gets it next is not drawn away before it has it; a window that another one covers has its focus still.
    onBlur: ({ currentTarget, relatedTarget }: FocusEvent) =>
      setFocus(relatedTarget === null ? !document.hasFocus() : currentTarget.contains(relatedTarget as Node)),
  };
  if (isNear || hasFocus) {
    if (as === 'tbody') return <tbody {...watched}>{children()}</tbody>;
    return (
      <ol {...watched} className={className} start={place.begin + 1}>
        {children()}
      </ol>
    );
  }
  const room = { blockSize: `${height ?? place.height}px` };
  if (as === 'ol') return <ol ref={watched.ref} className={className} style={room} aria-hidden="true" />;
  return (
    <tbody ref={watched.ref} aria-hidden="true">
      <tr style={room} />
    </tbody>
  );
}
