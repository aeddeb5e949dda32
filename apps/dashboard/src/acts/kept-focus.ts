import { type RefObject, useLayoutEffect } from 'react';

/** Where an element goes that had the focus, or whose dialog had it, the focus goes on to what it stood with: the name there, or else the screen. */
export function useKeptFocus(element: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const one = element.current;
    const around = ['[data-environment]', 'li', 'article', 'main'].map((what) => one?.closest<HTMLElement>(what));
    return () => {
      if (!one?.parentElement?.contains(document.activeElement)) return;
      // What goes with it goes at once after this.
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return;
        const place = around.find((here) => here?.isConnected);
        (place?.querySelector<HTMLElement>('a[href]') ?? place)?.focus({ preventScroll: true });
      });
    };
  }, [element]);
}
