import type { TrafficView } from '@soundbite/client';
import { groupedText, latencyText, partText, trafficText } from '@soundbite/model/traffic/traffic-text.ts';
import { usePast } from '../../navigation.tsx';
import {
  barsPath,
  groundPath,
  grouped,
  highestFailed,
  linePath,
  sparkHeight,
  spikesPath,
  sumOfAll,
} from '../../parts/sparks.ts';
import { Written } from '../../parts/written.tsx';
import { caveatOf, errorShares } from './traffic-facts.ts';

/** Minutes that one bar stands for: a card has no room for 60. */
const minutesEach = 3;
interface CardTrafficProps {
  /** Undefined: it is not there yet. */
  readonly traffic: TrafficView | undefined;
  /** Why there is no answer. */
  readonly error: string | null;
}

/** What users asked of an environment in the last hour. Its place is kept, whatever there is to say. */
export function CardTraffic({ traffic, error }: CardTrafficProps) {
  const isPast = usePast() !== null;
  const seen = traffic?.seen ?? null;
  if (isPast) return <p className="traffic unrecorded dim">requests were not recorded</p>;
  if (seen === null) {
    const why = traffic?.problem ?? error;
    return why === null ? <div className="traffic" /> : <Said what="requests not seen" why={why} />;
  }
  // An answer of before stays, and says since when.
  const caveat = caveatOf({ ...(traffic as TrafficView), ...(error !== null && { problem: error }) });
  if (seen.hour.requests === 0) return <Nobody seen={seen} caveat={caveat} />;
  return <Sparks seen={seen} caveat={caveat} />;
}

/** Without a ground: nobody knows. Its why has a line, since what comes late must not be the largest that is seen; whole as a tooltip. */
const Said = ({ what, why }: { readonly what: string; readonly why?: string }) => (
  <div className="traffic dim" title={why}>
    <span className="said">{what}</span>
    {why !== undefined && (
      <small>
        <Written>{why}</Written>
      </small>
    )}
  </div>
);

/** Flat, as long as that is known. */
const Nobody = ({ seen: { minutes }, caveat }: SparksProps) => (
  <div className="traffic dim">
    <Spark length={minutes.requests.length} ground={groundPath(minutes.requests)} />
    <span>no requests in the last hour</span>
    {caveat !== null && (
      <small className="caveat" title={caveat}>
        {caveat}
      </small>
    )}
  </div>
);

interface SparksProps {
  readonly seen: NonNullable<TrafficView['seen']>;
  readonly caveat: string | null;
}

function Sparks({ seen: { hour, minutes }, caveat }: SparksProps) {
  const requests = grouped(minutes.requests, minutesEach, sumOfAll);
  const shares = errorShares(requests, grouped(minutes.errors, minutesEach, sumOfAll));
  const words = [trafficText(hour), ...(caveat === null ? [] : [caveat])].join('; ');
  return (
    <div className="traffic" role="img" aria-label={words} title={words}>
      <Spark length={requests.length} ground={groundPath(requests)} bars={barsPath(requests)} />
      <Spark length={shares.length} ground={groundPath(requests)} spikes={spikesPath(shares, highestFailed)} />
      <Spark length={minutes.p95.length} ground={groundPath(minutes.requests)} line={linePath(minutes.p95)} />
      <span className="number">{groupedText(hour.requests)}</span>
      <span className={hour.errors > 0 ? 'number down' : 'number'}>{partText(hour.errors, hour.requests)}</span>
      <span className="number">{hour.p95 === null ? '–' : latencyText(hour.p95)}</span>
      {caveat === null ? (
        <>
          <small>requests</small>
          <small>errors</small>
          <small>p95</small>
        </>
      ) : (
        <small className="caveat">{caveat}</small>
      )}
    </div>
  );
}

interface SparkProps {
  readonly length: number;
  readonly ground: string;
  readonly bars?: string;
  readonly spikes?: string;
  readonly line?: string;
}

const Spark = ({ length, ground, bars, spikes, line }: SparkProps) => (
  <svg className="spark" viewBox={`0 0 ${length} ${sparkHeight}`} preserveAspectRatio="none" aria-hidden="true">
    <path className="ground" d={ground} />
    {bars && <path className="bars" d={bars} />}
    {spikes && <path className="spikes" d={spikes} />}
    {line && <path className="line" d={line} />}
  </svg>
);
