import type { PromotionView } from '@soundbite/client';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import { memo, useRef } from 'react';
import { Go, usePast } from '../../navigation.tsx';
import { Blocks } from '../../parts/blocks.tsx';
import { exactTime } from '../../parts/exact-time.ts';
import { Moment } from '../../parts/moment.tsx';
import { More } from '../../parts/more.tsx';
import { useShownTime } from '../../parts/now.ts';
import { Problem } from '../../parts/problem.tsx';
import { promotionTones } from '../../parts/promotion-tones.ts';
import { ReleaseName } from '../../parts/release-name.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { counted } from '../../parts/text.ts';
import { Written } from '../../parts/written.tsx';
import { useHistory } from '../../state.ts';
import { historyAxis } from './history-axis.ts';

/** So many stand on the axis: more would be one dot beside the other. */
const mostOnAxis = 100;

interface HistoryProps {
  readonly name: string;
  /** Null: nothing is. */
  readonly live: string | null;
}

/** What was promoted into an environment and rolled back: who, when, why and how it ended, on a time axis and as a list. */
export function History({ name, live }: HistoryProps) {
  const { data, error, left } = useHistory(name);
  const scroller = useRef<HTMLElement>(null);
  if (!data) return error ? <Problem error={error} /> : null;
  const all = data.pages.flatMap(({ promotions }) => promotions);
  return (
    <section>
      <h2>History</h2>
      {all.length === 0 && <p className="dim">Nothing was promoted into it yet.</p>}
      <Axis promotions={all.slice(0, mostOnAxis)} live={live} />
      {all.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by the keyboard, too.
        <section ref={scroller} className="long" aria-label="Promotions, newest first" tabIndex={0}>
          <Blocks {...{ as: 'ol', className: 'spots history', all, scroller }} keyOf={({ promotion }) => promotion}>
            {(view) => <Past key={view.promotion} view={view} />}
          </Blocks>
          <More left={left} shown={counted(all.length, 'promotion')} scroller={scroller} />
        </section>
      )}
    </section>
  );
}

/** For the eye alone: the list says the same. */
function Axis({ promotions, live }: Pick<HistoryProps, 'live'> & { readonly promotions: readonly PromotionView[] }) {
  const isPast = usePast() !== null;
  // A tenth of a second is no pixel: once a minute is enough.
  const now = useShownTime((time) => Math.ceil(time / 60_000) * 60_000);
  const axis = historyAxis(promotions, live, now);
  if (!axis) return null;
  return (
    <div className="time-axis" aria-hidden="true">
      <div className="axis">
        {axis.spans.map(({ promotion, release, from, length }) => (
          <span
            key={`${promotion} ${from}`}
            className="span"
            style={{ insetInlineStart: `${from}%`, inlineSize: `${length}%` }}
            title={release ? `${shortDigest(release)} was live` : 'nothing was live, or it was taken away meanwhile'}
            data-empty={release === null || undefined}
          />
        ))}
        {axis.marks.map(({ view, at }) => (
          <span
            key={view.promotion}
            className={`mark ${promotionTones[view.state]}`}
            style={{ insetInlineStart: `${at}%` }}
            title={`${view.kind} of ${shortDigest(view.release)}: ${view.state}, ${exactTime(view.finishedAt ?? view.createdAt)}`}
          />
        ))}
      </div>
      <p className="dim ends">
        <Moment time={axis.begins} />
        <span>{isPast ? 'then' : 'now'}</span>
      </p>
    </div>
  );
}

const Past = memo(({ view }: { readonly view: PromotionView }) => (
  <li>
    <Go to={{ screen: 'promotion', id: view.promotion }}>
      <StateMark tone={promotionTones[view.state]}>{view.state}</StateMark>
    </Go>
    <p>
      {view.kind === 'rollback' ? 'rollback to' : 'promotion of'} <ReleaseName release={view.release} />{' '}
      <span className="dim">
        by <Written>{view.actor}</Written> <Moment time={view.finishedAt ?? view.createdAt} />
      </span>
      {view.asked.reason && (
        <>
          : <Written>{view.asked.reason}</Written>
        </>
      )}
      {view.reason && view.state !== 'succeeded' && (
        <span className="why">
          <Written most={500}>{view.reason}</Written>
        </span>
      )}
    </p>
  </li>
));
