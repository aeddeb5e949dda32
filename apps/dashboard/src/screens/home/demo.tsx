import type { DemoLine, DemoRun } from '@soundbite/client';
import type { Places } from '@soundbite/model/people/actions.ts';
import { useId, useLayoutEffect, useRef, useState } from 'react';
import { whyNot } from '../../acts/act.ts';
import { ActButton } from '../../acts/act-button.tsx';
import { toShowDemo } from '../../acts/act-on-demo.ts';
import { ask } from '../../api.ts';
import { useAsker } from '../../asker.tsx';
import { Go, usePast } from '../../navigation.tsx';
import { Elapsed, Moment } from '../../parts/moment.tsx';
import { presentTime } from '../../parts/present.ts';
import { Problem } from '../../parts/problem.tsx';
import { StateMark, type StateTone } from '../../parts/state-mark.tsx';
import { WebLink } from '../../parts/web-link.tsx';
import { Written } from '../../parts/written.tsx';
import { demoTold, startedHere, useDemo } from '../../state.ts';
import { type KeptOfDemo, keepOfDemo, keptOfDemo, shownDemo } from './shown-demo.ts';

/** The offer of a demo, in pieces that are small, since what comes late must not be the largest that is seen; or the one that is shown. `environments`: all that are declared. */
export function Demo({ environments }: { readonly environments: Places }) {
  const { data } = useDemo();
  const asker = useAsker();
  const [kept, setKept] = useState(keptOfDemo);
  const isPast = usePast() !== null;
  const act = toShowDemo(environments);
  const shown = isPast ? null : shownDemo(data, kept, whyNot(asker, act) === null, presentTime());
  const keep = (more: Partial<KeptOfDemo>) => {
    const next = { ...kept, ...more };
    keepOfDemo(next);
    setKept(next);
  };
  if (shown === null) return null;
  if (shown !== 'offer')
    return <Run key={shown.id} run={shown} refusal={whyNot(asker, act)} onRead={() => keep({ read: shown.id })} />;
  return (
    <aside className="demo offer" aria-label="Demo">
      <strong>See it at work:</strong>
      <span>a demo of about 35 seconds</span>
      <div className="buttons">
        <ActButton act={act} />
        <button type="button" className="quiet" onClick={() => keep({ isPutAway: true })}>
          Not now
        </button>
      </div>
    </aside>
  );
}

const states: Record<DemoRun['state'], readonly [tone: StateTone, word: string]> = {
  runs: ['busy', 'running'],
  stops: ['busy', 'cleaning up'],
  over: ['healthy', 'done'],
  stopped: ['empty', 'stopped'],
  failed: ['down', 'failed'],
};

interface RunProps {
  readonly run: DemoRun;
  /** Why the reader may not stop it; null: they may. */
  readonly refusal: string | null;
  onRead(): void;
}

/** What a demo tells, as it tells it. */
function Run({ run, refusal, onRead }: RunProps) {
  const { id, by, began, ended, state, lines, counted, problem } = run;
  const section = useRef<HTMLElement>(null);
  const title = useId();
  const [tone, word] = states[state];
  // Who began it was at a button that is no longer there.
  useLayoutEffect(() => {
    if (id === startedHere()) section.current?.focus();
  }, [id]);
  return (
    <section ref={section} className="demo" aria-labelledby={title} tabIndex={-1}>
      <div className="top">
        <h2 id={title}>Demo</h2>
        <StateMark tone={tone}>{word}</StateMark>
        <span className="dim">
          begun by <Written>{by}</Written>
          {ended === null ? (
            <>
              , <Elapsed since={began} />
            </>
          ) : (
            <>
              , ended <Moment time={ended} />
            </>
          )}
        </span>
        {ended === null ? (
          <Stop isStopping={state === 'stops'} refusal={refusal} />
        ) : (
          <button type="button" onClick={onRead}>
            Close
          </button>
        )}
      </div>
      <Lines lines={lines} />
      <p className="counted dim">{counted === null ? ' ' : <Written>{counted}</Written>}</p>
      {problem && (
        <div className="problem" role="alert">
          <p>
            <Written>{problem.message}</Written>
          </p>
          <p className="dim">
            <Written>{problem.hint}</Written>
          </p>
        </div>
      )}
    </section>
  );
}

function Stop({ isStopping, refusal }: { readonly isStopping: boolean; readonly refusal: string | null }) {
  const [{ isBusy, error }, setSent] = useState<{ isBusy: boolean; error: unknown }>({ isBusy: false, error: null });
  const stop = async () => {
    if (refusal !== null) return;
    setSent({ isBusy: true, error: null });
    try {
      await demoTold(await ask('DELETE /v1/demo'));
      setSent({ isBusy: false, error: null });
    } catch (failure) {
      setSent({ isBusy: false, error: failure });
    }
  };
  return (
    <>
      <button
        type="button"
        disabled={isBusy || isStopping}
        aria-disabled={refusal !== null}
        title={refusal ?? 'It then puts back what it changed.'}
        onClick={stop}
      >
        Stop
      </button>
      {error !== null && <Problem error={error} what="It could not be stopped" />}
    </>
  );
}

/** Nearer to its end than this, in pixels, who reads it wants to see what comes. */
const nearEnd = 40;

/** The newest line is in sight, unless somebody reads further up. */
function Lines({ lines }: { readonly lines: readonly DemoLine[] }) {
  const log = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it goes on with each line.
  useLayoutEffect(() => {
    if (log.current && isAtEnd.current) log.current.scrollTop = log.current.scrollHeight;
  }, [lines.length]);
  const look = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }: { currentTarget: HTMLElement }) => {
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < nearEnd;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys, too.
    <div ref={log} role="log" aria-label="What the demo tells" tabIndex={0} className="told" onScroll={look}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no names.
        <Line key={index} line={line} />
      ))}
    </div>
  );
}

/** What can be heard is an address at a line's end. */
function Told({ text }: { readonly text: string }) {
  const address = /\bhttps?:\/\/\S+$/.exec(text)?.[0];
  if (address === undefined) return <Written>{text}</Written>;
  return (
    <>
      <Written>{text.slice(0, -address.length)}</Written> <WebLink url={address}>{address}</WebLink>
    </>
  );
}

const Line = ({ line: { kind, text, promotion } }: { readonly line: DemoLine }) => (
  <p className={kind}>
    {promotion === null ? (
      <Told text={text} />
    ) : (
      <Go to={{ screen: 'promotion', id: promotion }}>
        <Written>{text}</Written>
      </Go>
    )}
  </p>
);
