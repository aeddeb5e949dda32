import { type KeyboardEvent, useRef, useState } from 'react';
import { Go, goTo, useRoute } from '../navigation.tsx';
import { isOfThePast, type Route } from '../route.ts';
import { exactTime } from './exact-time.ts';
import { useNow } from './now.ts';
import { earlierTimes, localText, pastTime, strides } from './past-times.ts';
import { presentTime } from './present.ts';

/** Leads to the same screen as it was at another time. */
export function Earlier() {
  const route = useRoute();
  const details = useRef<HTMLDetailsElement>(null);
  const [opened, setOpened] = useState(presentTime);
  if (!route || !isOfThePast(route) || route.at !== undefined) return null;
  const onEscape = ({ key }: KeyboardEvent) => {
    if (key !== 'Escape' || !details.current) return;
    details.current.open = false;
    details.current.querySelector('summary')?.focus();
  };
  return (
    <details className="earlier" ref={details} onKeyDown={onEscape} onToggle={() => setOpened(presentTime())}>
      <summary>Earlier</summary>
      <div className="panel">
        <p>As it was</p>
        <ul>
          {earlierTimes(opened).map(([name, time]) => (
            <li key={name}>
              <At route={route} time={time}>
                {name}
              </At>
            </li>
          ))}
        </ul>
        <ChosenTime route={route} now={opened} />
      </div>
    </details>
  );
}

/** A link to a time (ms since 1970). */
function At({ route, time, children }: { readonly route: Route; readonly time: number; readonly children: string }) {
  const at = new Date(time).toISOString();
  return (
    <Go to={{ ...route, at }} title={exactTime(at)}>
      {children}
    </Go>
  );
}

/** A time of the reader's own, where the reader is. `now`: ms since 1970. */
function ChosenTime({ route, now }: { readonly route: Route; readonly now: number }) {
  const [isWrong, setWrong] = useState(false);
  const show = (given: FormData) => {
    const at = pastTime(String(given.get('at')), presentTime());
    setWrong(at === null);
    if (at !== null) goTo({ ...route, at });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        show(new FormData(event.currentTarget));
      }}
    >
      <input
        type="datetime-local"
        name="at"
        step="1"
        aria-label="A time that is over"
        aria-invalid={isWrong}
        defaultValue={localText(now)}
      />
      <button type="submit">Show</button>
      {isWrong && <p role="alert">This is no time that is over.</p>}
    </form>
  );
}

/** Says that the page shows the past, which time it is, what it does not know of it, and how to get back. */
export function PastBand() {
  const route = useRoute();
  const isAhead = useNow((now) => Date.parse(route?.at ?? '') > now);
  if (route?.at === undefined) return null;
  const time = Date.parse(route.at);
  const isTime = !Number.isNaN(time);
  return (
    <aside className="past" aria-label="The past">
      {!isTime && <p>The address names no time.</p>}
      {isTime && isAhead && <p>{exactTime(route.at)} has not come yet.</p>}
      {isTime && !isAhead && (
        <p>
          <strong>As it was on {exactTime(route.at)}.</strong> Distances are told from then. Health, logs and requests
          were not recorded.
        </p>
      )}
      <nav aria-label="Other times" className="buttons">
        {strides
          .filter(([, by]) => isTime && time + by <= presentTime())
          .map(([name, by]) => (
            <At key={name} route={route} time={time + by}>
              {name}
            </At>
          ))}
        <Go to={{ ...route, at: null }} className="back">
          Back to now
        </Go>
      </nav>
    </aside>
  );
}
