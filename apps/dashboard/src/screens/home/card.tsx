import type { CutFrom, OverviewPlace, StatusEnvironment, TrafficView } from '@soundbite/client';
import { shownText } from '@soundbite/model/page/shown-text.ts';
import { memo } from 'react';
import { toHold, toPromote, toRollBack } from '../../acts/act.ts';
import { ActButton } from '../../acts/act-button.tsx';
import { Go, usePast } from '../../navigation.tsx';
import { CutLine, subjectOf } from '../../parts/cut-line.tsx';
import { FirstFinding } from '../../parts/findings.tsx';
import { Moment } from '../../parts/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Written } from '../../parts/written.tsx';
import { apartText, seenAs } from './card-facts.ts';
import { InForce } from './in-force.tsx';
import { Failed, Running, Waiting } from './on-its-way.tsx';
import { CardTraffic } from './traffic.tsx';

interface CardProps {
  readonly place: OverviewPlace;
  /** How it answered when it was last looked at. */
  readonly seen: StatusEnvironment | undefined;
  /** What users asked there; undefined: there is no answer yet. `trafficError`: why there is none, or none that is newer. */
  readonly traffic: TrafficView | undefined;
  readonly trafficError: string | null;
  /** The environment before it. */
  readonly before: OverviewPlace | undefined;
}

/** What a card says of one environment; drawn anew when something about it has changed. */
export const Card = memo(function Card({ place, seen, traffic, trafficError, before }: CardProps) {
  const { environment, why, running, failed } = place;
  const { tone, word } = seenAs(place, seen, usePast() !== null);
  return (
    <>
      <div className="head">
        <div className="top">
          <h2>
            <Go to={{ screen: 'environment', name: environment }}>{environment}</Go>
          </h2>
          <StateMark tone={tone}>{word}</StateMark>
        </div>
        <p className="place dim">
          {place.cloud.kind} account {place.cloud.account}
          {place.declared ? '' : ', no longer declared'}
        </p>
      </div>
      <LiveRelease place={place} />
      {place.behind !== null && (
        <p className="behind">
          {apartText(place.behind, place.ahead)} <span className="whole">{before?.environment}</span>
        </p>
      )}
      <CardTraffic traffic={traffic} error={trafficError} />
      <div className="now">
        {running && <Running view={running} />}
        {failed && !running && <Failed view={failed} />}
        {why.waits.map((one) => (
          <Waiting key={one.promotion} one={one} />
        ))}
        <InForce why={why} />
        <div className="buttons">
          {before && isAhead(before, place) && <ActButton act={toPromote(environment)} />}
          {why.release !== null && <ActButton act={toRollBack(environment)} />}
          {place.declared && <ActButton act={toHold(environment)} />}
        </div>
        {seen?.findings.length ? (
          <FirstFinding environment={environment} findings={seen.findings} />
        ) : (
          why.release !== null && <Address url={seen?.url ?? null} />
        )}
      </div>
    </>
  );
});

/** Whether the one before has something that this one has not. */
const isAhead = (before: OverviewPlace, { declared, why }: OverviewPlace): boolean =>
  declared && before.why.release !== null && before.why.release !== why.release;

/** What runs, since when, by whom. */
export function LiveRelease({ place: { why, cut } }: { readonly place: OverviewPlace }) {
  if (why.release === null) return <p className="live dim">nothing is live</p>;
  return (
    <div className="live">
      {cut && <Subject cut={cut} />}
      <p className="dim">
        <CutLine release={why.release} cut={cut} />
      </p>
      {why.since && <Decided since={why.since} by={why.by} />}
    </div>
  );
}

/** The commit, in the words of who wrote it; whole as a tooltip. */
function Subject({ cut }: { readonly cut: CutFrom }) {
  const text = subjectOf(cut);
  return (
    <p className="subject" title={shownText(text, 2000)}>
      <Written>{text}</Written>
    </p>
  );
}

const Decided = ({ since, by }: { readonly since: string; readonly by: OverviewPlace['why']['by'] }) => (
  <p>
    {by?.kind === 'rollback' ? 'rolled back' : 'promoted'} <Moment time={since} />
    {by && (
      <>
        {' '}
        by <Written>{by.actor}</Written>
      </>
    )}
    {by?.reason && (
      <>
        : <Written>{by.reason}</Written>
      </>
    )}
  </p>
);

/** Its place is kept until it is known, which it will not be in the past. */
function Address({ url }: { readonly url: string | null }) {
  const isPast = usePast() !== null;
  if (url === null && isPast) return null;
  if (url === null) return <p className="address">&nbsp;</p>;
  if (!/^https?:\/\//i.test(url)) return <Written>{url}</Written>;
  return (
    <p className="address">
      <a href={url} rel="noreferrer" target="_blank">
        {url.replace(/^https?:\/\//i, '')}
      </a>
    </p>
  );
}
