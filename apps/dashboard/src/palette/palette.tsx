import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Act } from '../acts/act.ts';
import { useAsker } from '../asker.tsx';
import { goTo, usePast } from '../navigation.tsx';
import { afterPaint } from '../parts/frames.ts';
import { Written } from '../parts/written.tsx';
import { isOfThePast, type Route } from '../route.ts';
import { useDemo, useMatrix, usePresent } from '../state.ts';
import { type Entry, entriesIn } from './entries.ts';
import { found } from './found.ts';

interface PaletteProps {
  onClose(): void;
  onAct(act: Act): void;
}

/** Finds whatever there is by some letters, and goes there or asks for it. */
export function Palette({ onClose, onAct }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const past = usePast();
  const isPainted = useIsPainted();
  const all = useEntries(isPainted);
  const entries = isPainted ? found(all, text) : none;
  const at = Math.min(chosen, entries.length - 1);
  const list = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const take = (entry: Entry | undefined) => {
    if (!entry || entry.refusal !== null) return;
    dialog.current?.close();
    if ('screen' in entry.does) goTo(staying(entry.does, past));
    else onAct(entry.does);
  };
  const onKey = (event: KeyboardEvent) => {
    // Enter ends what an input method composes.
    if (event.nativeEvent.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (by !== undefined) setChosen(Math.max(0, Math.min(at + by, entries.length - 1)));
    if (event.key === 'Enter') take(entries[at]);
    if (by !== undefined || event.key === 'Enter') event.preventDefault();
  };
  return (
    <dialog ref={dialog} aria-label="Commands" className="act palette" onClose={onClose}>
      <input
        role="combobox"
        aria-label="Where to, or what to do"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={entries[at] && `${list}-${at}`}
        aria-autocomplete="list"
        placeholder="Environment, release, promotion, or what to do"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setChosen(0);
        }}
        onKeyDown={onKey}
      />
      <div role="listbox" id={list} aria-label="Found">
        {entries.map((entry, index) => (
          <Option key={entry.key} id={`${list}-${index}`} entry={entry} isChosen={index === at} onTake={take} />
        ))}
      </div>
      {entries.length === 0 && entries !== none && <p className="dim">There is nothing like that.</p>}
    </dialog>
  );
}

const none: readonly Entry[] = [];

/** The field is there at once; what it finds comes with the next frame. */
function useIsPainted(): boolean {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => afterPaint(() => setPainted(true)), []);
  return isPainted;
}

/** Made anew when something has changed, not at each key; none until they are wanted. */
function useEntries(isWanted: boolean): readonly Entry[] {
  const pages = useMatrix().data?.pages;
  const overview = usePresent().data;
  const asker = useAsker();
  const demo = useDemo().data;
  const isPast = usePast() !== null;
  return useMemo(() => {
    if (!isWanted) return none;
    const releases = pages?.flatMap((page) => page.releases) ?? [];
    return entriesIn({ overview, releases, asker, demo, isPast });
  }, [isWanted, pages, overview, asker, demo, isPast]);
}

/** The past stays where it can be seen. */
const staying = (to: Route, past: string | null): Route => (past && isOfThePast(to) ? { ...to, at: past } : to);

interface OptionProps {
  readonly id: string;
  readonly entry: Entry;
  readonly isChosen: boolean;
  onTake(entry: Entry): void;
}

/** The field keeps the focus: what is chosen is told by it. */
function Option({ id, entry, isChosen, onTake }: OptionProps) {
  const option = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isChosen) option.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  const { title, more, refusal } = entry;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's.
    <div
      ref={option}
      role="option"
      id={id}
      tabIndex={-1}
      aria-selected={isChosen}
      aria-disabled={refusal !== null}
      onClick={() => onTake(entry)}
    >
      <Written most={120}>{title}</Written>
      <span className="dim">
        <Written most={60}>{refusal ?? more}</Written>
      </span>
    </div>
  );
}
