import { type LogLevel, logLevels } from '@soundbite/model/logs/levels.ts';
import { memo, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { usePast } from '../../navigation.tsx';
import { clockText, exactTime } from '../../parts/exact-time.ts';
import { inFragment, keepInFragment } from '../../parts/in-fragment.ts';
import { Problem } from '../../parts/problem.tsx';
import { StateMark, type StateTone } from '../../parts/state-mark.tsx';
import { counted } from '../../parts/text.ts';
import { Unfolded } from '../../parts/unfolded.tsx';
import { Unspoken } from '../../parts/unspoken.tsx';
import { Written } from '../../parts/written.tsx';
import { type LogEntry, type LogPage, linesIn, linesWith, logsKept, unlevelledIn } from './log-lines.ts';
import { useLogs } from './use-logs.ts';

/** So many entries are drawn; the others of those that are kept when they are asked for. */
const drawnAtOnce = 300;

/** What the service says in an environment, as it says it; nothing is asked until somebody wants to read it. */
export function Logs({ name }: { readonly name: string }) {
  const isPast = usePast() !== null;
  return (
    <section className="logs">
      <h2>Logs</h2>
      {isPast ? (
        <p className="dim">What was logged then is not on record here.</p>
      ) : (
        <Unfolded name="logs" summary="Show the logs">
          {() => <FollowedLog name={name} />}
        </Unfolded>
      )}
    </section>
  );
}

function FollowedLog({ name }: { readonly name: string }) {
  const [attempt, setAttempt] = useState(0);
  const [find, setFind] = useState(inFragment('lines') ?? '');
  const [least, setLeast] = useState(levelNamed(inFragment('level')));
  const lookFor = (text: string) => {
    setFind(text);
    keepInFragment('lines', text || null);
  };
  const lookFrom = (level: LogLevel | null) => {
    setLeast(level);
    keepInFragment('level', level);
  };
  const { page, pause, resume } = useLogs(name, attempt);
  const found = useMemo(() => linesWith(page.entries, find, least), [page.entries, find, least]);
  return (
    <div className="log">
      <search className="finder">
        <input
          type="search"
          aria-label="Only lines with these words"
          placeholder="Only lines with these words"
          maxLength={200}
          value={find}
          onChange={({ target }) => lookFor(target.value)}
        />
        <select
          aria-label="Only lines of this level or worse"
          value={least ?? ''}
          onChange={({ target }) => lookFrom(levelNamed(target.value))}
        >
          {(Object.entries(leasts) as [LogLevel | '', string][]).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
        <button type="button" onClick={page.isPaused ? resume : pause}>
          {page.isPaused ? 'Resume' : 'Pause'}
        </button>
        <Following page={page} />
      </search>
      {page.dropped > 0 && (
        <p className="dim">
          {counted(page.dropped, 'older line')} dropped: the newest {logsKept.toLocaleString()} are kept.
        </p>
      )}
      {least !== null && <Unlevelled count={unlevelledIn(page.entries)} />}
      {found.length > 0 && <Entries name={name} entries={found} />}
      {linesIn(found) === 0 && nothingText(page, least) && <p className="dim">{nothingText(page, least)}</p>}
      {page.state === 'refused' && (
        <>
          <Problem error={page.error} what="The logs cannot be followed" />
          <button type="button" onClick={() => setAttempt(attempt + 1)}>
            Ask again
          </button>
        </>
      )}
    </div>
  );
}

const levelNamed = (name: string | null): LogLevel | null => logLevels.find((one) => one === name) ?? null;

const leasts: Record<LogLevel | '', string> = {
  '': 'all lines',
  ...{ debug: 'debug or worse', info: 'info or worse', warn: 'warnings or worse', error: 'errors' },
};

/** What a filter of levels cannot judge. */
const Unlevelled = ({ count }: { readonly count: number }) =>
  count > 0 && (
    <p className="dim">
      {counted(count, 'line')} {count === 1 ? 'says' : 'say'} no level, and {count === 1 ? 'is' : 'are'} not shown.
    </p>
  );

function nothingText({ entries, state }: LogPage, least: LogLevel | null): string {
  const lines = linesIn(entries);
  if (lines > 0) {
    const bad = least === null ? '' : ' at this level or worse';
    return `None of the ${counted(lines, 'line')} here has all these words${bad}.`;
  }
  if (state === 'followed')
    return 'Nothing was logged in the last ten minutes. What is from now on stands here at once.';
  return state === 'asked' ? 'Reading the logs…' : '';
}

const followingAs: Record<LogPage['state'], readonly [StateTone, string]> = {
  asked: ['unknown', 'being asked for'],
  followed: ['healthy', 'followed'],
  broken: ['degraded', 'broken, being asked for again'],
  refused: ['down', 'ended'],
};

function Following({ page: { state, isPaused, more } }: { readonly page: LogPage }) {
  const [tone, word] = followingAs[state];
  return (
    <span role="status">
      <StateMark tone={tone}>{word}</StateMark>
      {isPaused && (
        <span className="dim">
          {' '}
          paused<Unspoken>, {more.toLocaleString()} more</Unspoken>
        </span>
      )}
    </span>
  );
}

interface EntriesProps {
  readonly name: string;
  readonly entries: readonly LogEntry[];
}

/** The newest at the end, which stays in sight unless the reader has gone up. */
function Entries({ name, entries }: EntriesProps) {
  const [isWhole, setWhole] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const drawn = isWhole ? entries : entries.slice(-drawnAtOnce);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn makes it longer.
  useLayoutEffect(() => {
    if (scroller.current && isAtEnd.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [drawn]);
  return (
    <>
      {drawn.length < entries.length && (
        <button type="button" onClick={() => setWhole(true)}>
          {counted(entries.length - drawn.length, 'older line')}
        </button>
      )}
      {/* A burst would be read out for minutes: whoever hears the page reads it when they want to. */}
      <div
        className="lines"
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={`Logs of ${name}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by the keyboard, too.
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < 8;
        }}
      >
        {drawn.map((entry) => (
          <Entry key={entry.number} entry={entry} />
        ))}
      </div>
    </>
  );
}

/** Of a line more is shown than of other texts: it is what is read here. */
const mostOfLine = 4000;

const Entry = memo(({ entry }: { readonly entry: LogEntry }) => {
  if ('brokeAt' in entry)
    return (
      <p className="broke">
        The stream broke at <Clock time={entry.brokeAt} />
        {entry.why && (
          <>
            : <Written>{entry.why}</Written>
          </>
        )}
      </p>
    );
  const { at, source, text, level } = entry.line;
  return (
    <p className="line">
      <Clock time={at} />{' '}
      <span className="dim source">
        <Written most={80}>{source}</Written>
      </span>{' '}
      {level && (
        <>
          <StateMark tone={levelTones[level]}>{level}</StateMark>{' '}
        </>
      )}
      <Written most={mostOfLine}>{text}</Written>
    </p>
  );
});

/** What is as usual has no colour. */
const levelTones: Record<LogLevel, StateTone> = { debug: 'unknown', info: 'unknown', warn: 'degraded', error: 'down' };

/** To the millisecond, with the day as a tooltip. A service may write a time that is none. */
function Clock({ time }: { readonly time: string }) {
  if (Number.isNaN(Date.parse(time))) return <Written most={40}>{time}</Written>;
  return (
    <time className="dim" dateTime={time} title={exactTime(time)}>
      {clockText(time)}
    </time>
  );
}
