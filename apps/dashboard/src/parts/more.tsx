import { type RefObject, useEffect, useRef, useState } from 'react';
import type { PagesLeft } from '../state.ts';
import { afterPaint } from './frames.ts';
import { Problem } from './problem.tsx';

interface MoreProps {
  readonly left: PagesLeft;
  /** What is shown so far, in words. */
  readonly shown: string;
  /** What scrolls; the page when absent. */
  readonly scroller?: RefObject<Element | null>;
}

/** The end of a list that is read page by page: it reads on when it comes near, says how much there is so far, and when that is all. */
export function More({ left: { isMore, isBusy, error, readOn }, shown, scroller }: MoreProps) {
  const element = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  // It shows at once that it was pressed, before anything is read.
  const [isPressed, setPressed] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver((entries) => setNear(entries.at(-1)?.isIntersecting ?? false), {
      ...{ root: scroller?.current ?? null, rootMargin: '400px 0px' },
    });
    if (element.current) watch.observe(element.current);
    return () => watch.disconnect();
  }, [scroller]);
  useEffect(() => {
    if (isNear && isMore && !isBusy && error === null) readOn();
  }, [isNear, isMore, isBusy, error, readOn]);
  useEffect(() => {
    if (isBusy) setPressed(false);
  }, [isBusy]);
  const read = () => {
    if (isBusy || isPressed) return;
    setPressed(true);
    afterPaint(readOn);
  };
  return (
    <div ref={element} className="more">
      {error !== null && <Problem error={error} what="Older ones cannot be read" />}
      {isMore && (
        <button type="button" aria-disabled={isBusy || isPressed} onClick={read}>
          {error === null ? 'Older ones' : 'Try again'}
        </button>
      )}
      <p className="dim" role="status">
        {isMore ? `${shown} so far` : `${shown}: that is all`}
      </p>
    </div>
  );
}
