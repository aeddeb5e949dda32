import type { Timeline } from '@soundbite/client';
import { useNow } from '../../parts/now.ts';
import { spanText } from '../../parts/spans.ts';
import { StateMark, type StateTone } from '../../parts/state-mark.tsx';
import { counted } from '../../parts/text.ts';
import { Written } from '../../parts/written.tsx';
import { type LaneRow, laneOf } from './lane.ts';
import { FirstStackEvent } from './stack-events.tsx';

const tones: Record<LaneRow['state'], StateTone> = {
  running: 'busy',
  succeeded: 'healthy',
  failed: 'down',
  errored: 'degraded',
  skipped: 'empty',
  ahead: 'unknown',
  never: 'unknown',
};

/** Its steps on one axis of time, which fills while it runs; what is still to come stands at its usual length. */
export function WorkLane({ timeline }: { readonly timeline: Timeline }) {
  const isOver = timeline.finishedAt !== null;
  const now = useNow((time) => (isOver ? 0 : time));
  const { rows, seconds } = laneOf(timeline, now);
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>Work</h2>
      <ol className="lane">
        {rows.map((row) => (
          <Row key={row.name} row={row} seconds={seconds} />
        ))}
      </ol>
    </section>
  );
}

function Row({ row, seconds }: { readonly row: LaneRow; readonly seconds: number }) {
  const { name, state, start, length, usual, detail, inStacks, attempts } = row;
  const share = (part: number) => `${((100 * part) / seconds).toFixed(2)}%`;
  return (
    <li data-state={state}>
      <StateMark tone={tones[state]}>{name}</StateMark>
      <span className="axis" aria-hidden="true">
        <span
          className={`span ${tones[state]}`}
          style={{ insetInlineStart: share(start), inlineSize: share(length) }}
        />
      </span>
      <span className="took number">
        {state === 'ahead' || state === 'never' ? '' : spanText(length)}
        {usual !== null && state !== 'succeeded' && <span className="dim"> usually {spanText(usual)}</span>}
      </span>
      <span className="detail dim">
        {state}
        {attempts > 1 && `, begun ${counted(attempts, 'time')}`}
        {(inStacks || detail) && ': '}
        {inStacks ? <FirstStackEvent of={inStacks} /> : detail && <Written>{detail}</Written>}
      </span>
    </li>
  );
}
