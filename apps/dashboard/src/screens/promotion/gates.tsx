import type { Timeline } from '@soundbite/client';
import { GateText } from '../../parts/gate-text.tsx';
import { StateMark, type StateTone } from '../../parts/state-mark.tsx';

type Gate = Timeline['gates'][number];

const tones: Record<Gate['verdict'], StateTone> = {
  pass: 'healthy',
  wait: 'waiting',
  fail: 'down',
  errored: 'degraded',
  overridden: 'degraded',
};

const moments: Record<Gate['moment'], string> = {
  entry: 'before anything changed',
  version: 'of the new version, before it had traffic',
  traffic: 'while it took traffic',
};

/** What each gate said, with its reasons, when it was asked. */
export function Gates({ gates }: { readonly gates: readonly Gate[] }) {
  if (gates.length === 0) return null;
  return (
    <section>
      <h2>Gates</h2>
      <ol className="rows">
        {gates.map((one) => (
          <li key={`${one.gate} ${one.moment}`} className="row">
            <StateMark tone={tones[one.verdict]}>{one.verdict}</StateMark>
            <span>
              <GateText of={one} most={2000}>
                {' '}
                <span className="dim">
                  {moments[one.moment]}
                  {one.reasons.length > 0 && ':'}
                </span>{' '}
              </GateText>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
