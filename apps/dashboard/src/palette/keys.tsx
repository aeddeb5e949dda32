import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Act } from '../acts/act.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { Palette } from './palette.tsx';
import { keeps, keptSingle, pressed } from './pressed.ts';

/** What was opened last, or null once it is closed, and how many were opened so far. */
interface Opened {
  readonly what: 'palette' | 'keys' | null;
  readonly count: number;
}

const opening =
  (what: Opened['what']) =>
  (last: Opened | null): Opened => ({ what, count: (last?.count ?? 0) + 1 });

/** The keys of the page, and what they open. The button is for those who have no keys. */
export function Keys() {
  const [open, setOpen] = useState<Opened | null>(null);
  const [act, setAct] = useState<Act | null>(null);
  useEffect(() => {
    const hear = (event: globalThis.KeyboardEvent) => {
      const wanted = document.querySelector('dialog[open]') ? null : pressed(event, keptSingle());
      if (wanted === null) return;
      event.preventDefault();
      if (wanted === 'find') document.querySelector<HTMLElement>('input[type="search"]')?.focus();
      else setOpen(opening(wanted));
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, []);
  // A browser tells later that a dialog was closed: another one may be open by then.
  const close = (count: number) => setOpen((last) => (last?.count === count ? { ...last, what: null } : last));
  const onClose = () => close(open?.count ?? 0);
  return (
    <>
      <button type="button" className="quiet" aria-haspopup="dialog" onClick={() => setOpen(opening('palette'))}>
        <span className="word">Commands</span> <kbd>Ctrl K</kbd>
      </button>
      {open?.what === 'palette' && <Palette key={open.count} onClose={onClose} onAct={setAct} />}
      {open?.what === 'keys' && <KeyList key={open.count} onClose={onClose} />}
      {act && <ActDialog act={act} onClose={() => setAct(null)} />}
    </>
  );
}

const keys = [
  ['Ctrl K', 'go anywhere, do anything: type some letters of it'],
  ['/', 'find a commit, a release, a person or a word'],
  ['?', 'this list'],
  ['Tab', 'the next link or button; with Shift the one before'],
  ['Enter', 'follow it, press it'],
  ['Esc', 'close a dialog, and leave all as it is'],
] as const;

function KeyList({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOn, setOn] = useState(keptSingle);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-label="Keys" className="act" onClose={onClose}>
      <h2>Keys</h2>
      <dl className="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input
          type="checkbox"
          checked={isOn}
          onChange={({ target }) => {
            setOn(target.checked);
            keeps(target.checked);
          }}
        />
        Single keys (/ and ?) work
      </label>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
