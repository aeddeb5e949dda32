import type { Timeline } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { partText } from '@soundbite/model/traffic/traffic-text.ts';
import { useNow } from '../../parts/now.ts';
import { ReleaseName } from '../../parts/release-name.tsx';
import { barsPath, groundPath, highestFailed, sparkHeight, spikesPath } from '../../parts/sparks.ts';
import { counted } from '../../parts/text.ts';
import { Written } from '../../parts/written.tsx';
import { useShares } from '../../state.ts';
import { isMoving, type ShareRow, type Shifting, sharesIn, shiftingOf } from './shifting.ts';

/** Which release answered users since it began to take traffic, and how often each failed them; for an hour, as long as that is known. */
export function Traffic({ timeline }: { readonly timeline: Timeline }) {
  // What is decided by the time changes seldom; the rest is drawn when there is an answer.
  const isShown = useNow((now) => shiftingOf(timeline, now) !== null);
  const shifting = isShown ? shiftingOf(timeline, 0) : null;
  const isAhead = timeline.finishedAt === null && timeline.planned.some(({ name }) => name === 'shift');
  if (shifting === null && !isAhead) return null;
  return (
    <section className="shares">
      <h2>Traffic</h2>
      <Moved timeline={timeline} shifting={shifting} />
    </section>
  );
}

function Moved({ timeline, shifting }: { readonly timeline: Timeline; readonly shifting: Shifting | null }) {
  // What is asked by the environment's name is of this home's.
  if (timeline.home !== undefined)
    return <p className="nothing-seen dim">what users asked there, the page of its own home shows: it is another’s</p>;
  if (shifting === null) return <p className="nothing-seen dim">has not moved yet</p>;
  return <Shares timeline={timeline} shifting={shifting} />;
}

function Shares({ timeline, shifting }: { readonly timeline: Timeline; readonly shifting: Shifting }) {
  const { environment, release, previous } = timeline;
  const moves = useNow((now) => isMoving(shifting, now));
  const { data, error } = useShares(environment, shifting.from, moves);
  const steps = data?.seen?.steps ?? null;
  const why = data?.problem ?? error?.message ?? null;
  const { rows, known } = steps ? sharesIn(steps, shifting, [release, previous]) : { rows: [], known: [] };
  const from = Date.parse(steps?.from ?? '');
  const places = shifting.moves.map((time) => (time - from) / (1000 * (steps?.seconds ?? 1))).filter((at) => at >= 0);
  const role = (row: ShareRow) => (row.release === release ? 'new' : row.release === previous ? 'old' : 'other');
  return (
    <>
      {why !== null && (
        <p className="dim">
          {steps ? 'not seen further' : 'not seen'}: <Written>{why}</Written>
        </p>
      )}
      {steps && rows.length === 0 && (
        <p className="nothing-seen dim">
          {known.some(Boolean) ? 'no requests, as far as is known' : 'what users asked then is not known'}
        </p>
      )}
      <ol className="lane">
        {rows.map((row) => (
          <Row key={row.release ?? ''} row={row} role={role(row)} known={known} places={places} isOver={!moves} />
        ))}
      </ol>
      {rows.length > 0 && (
        <p className="dim">
          A bar is {steps?.seconds} s, as high as the release’s share. A spike is what failed of its own requests: a
          tenth of them is as high as it gets. The line is where traffic was moved.
        </p>
      )}
    </>
  );
}

/** What an answer names its release is the service's own word. */
function Answered({ by }: { readonly by: string | null }) {
  if (by === null) return 'none named itself';
  return /^sha256:[0-9a-f]{64}$/.test(by) ? <ReleaseName release={by as Digest} /> : <Written most={80}>{by}</Written>;
}

interface RowProps {
  readonly row: ShareRow;
  readonly role: 'new' | 'old' | 'other';
  readonly known: readonly boolean[];
  /** Where traffic was moved, in steps. */
  readonly places: readonly number[];
  readonly isOver: boolean;
}

function Row({ row, role, known, places, isOver }: RowProps) {
  const { release, shares, failed, requests, errors, last } = row;
  return (
    <li data-role={role}>
      <span>
        {role} <Answered by={release} />
      </span>
      <svg
        className="spark"
        viewBox={`0 0 ${known.length} ${sparkHeight}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path className="ground" d={groundPath(known.map((is) => (is ? 0 : null)))} />
        <path className="bars" d={barsPath(shares, 1)} />
        <path className="spikes" d={spikesPath(failed, highestFailed)} />
        <path className="moved" d={places.map((at) => `M${at.toFixed(2)} 0v${sparkHeight}`).join('')} />
      </svg>
      <span className="took number">
        {last !== null && `${isOver ? 'at its end' : 'now'} ${partText(Math.round(last * 10_000), 10_000)}`}
      </span>
      <span className="detail">
        {counted(requests, 'request')},{' '}
        <span className={errors > 0 ? 'down' : ''}>
          {errors === 0 ? 'no errors' : `${partText(errors, requests)} errors`}
        </span>
      </span>
    </li>
  );
}
