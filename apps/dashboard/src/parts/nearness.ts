import { type RefObject, useEffect, useRef, useState } from 'react';
import { inOwnFrame } from './frames.ts';

/** So far from what is seen a block is drawn. All that is drawn is styled anew when a dialog opens: a slow device has to answer meanwhile. */
const ahead = '500px 0px';

interface Nearness {
  readonly isNear: boolean;
  /** How high it was when it went away, in px; null: it was never near. */
  readonly height: number | null;
}

/** Whether an element is near what is seen. What comes near is told of in its turn: a frame has room for one block. */
export function useNearness(
  element: RefObject<Element | null>,
  scroller: RefObject<Element | null> | undefined,
  isNearAtFirst: boolean,
): Nearness {
  const [seen, setSeen] = useState<Nearness>({ isNear: isNearAtFirst, height: null });
  const isWanted = useRef(isNearAtFirst);
  useEffect(() => {
    const tell = ({ isIntersecting: isNear, boundingClientRect: { height } }: IntersectionObserverEntry) => {
      isWanted.current = isNear;
      // What is not drawn has the height that it was given.
      if (!isNear) setSeen((before) => (before.isNear ? { isNear, height } : before));
      else inOwnFrame(() => isWanted.current && setSeen((before) => (before.isNear ? before : { ...before, isNear })));
    };
    return element.current ? watched(element.current, scroller?.current ?? document, tell) : undefined;
  }, [element, scroller]);
  return seen;
}

interface Watch {
  readonly observer: IntersectionObserver;
  readonly tells: Map<Element, (entry: IntersectionObserverEntry) => void>;
}

/** One for all blocks of what scrolls: a list may have hundreds. */
const watches = new WeakMap<Element | Document, Watch>();

/** Tells when an element comes near or goes away; what it gives back ends that. */
function watched(element: Element, root: Element | Document, tell: (entry: IntersectionObserverEntry) => void) {
  const { observer, tells } = watches.get(root) ?? watchOf(root);
  tells.set(element, tell);
  observer.observe(element);
  return () => {
    observer.unobserve(element);
    tells.delete(element);
  };
}

function watchOf(root: Element | Document): Watch {
  const tells: Watch['tells'] = new Map();
  const observer = new IntersectionObserver(
    (entries) => {
      // Of one element the last word counts.
      for (const entry of new Map(entries.map((one) => [one.target, one])).values()) tells.get(entry.target)?.(entry);
    },
    { root: root === document ? null : (root as Element), rootMargin: ahead },
  );
  const watch = { observer, tells };
  watches.set(root, watch);
  return watch;
}
