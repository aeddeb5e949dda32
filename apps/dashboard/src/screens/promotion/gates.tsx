import type { Timeline } from '@soundbite/client';
import { Moment } from '../../parts/moment.tsx';
import { StateMark, type StateTone } from '../../parts/state-mark.tsx';
import { Written } from '../../parts/written.tsx';

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
        {gates.map(({ gate, moment, verdict, reasons, who, until }) => (
          <li key={`${gate} ${moment}`} className="row">
            <StateMark tone={tones[verdict]}>{verdict}</StateMark>
            <span>
              <strong>{gate}</strong> <span className="dim">{moments[moment]}</span>{' '}
              <Written most={2000}>{reasons.join(', ')}</Written>
              {who && who.length > 0 && (
                <>
                  ; asked are <Written>{who.join(', ')}</Written>
                </>
              )}
              {until && (
                <>
                  , ends <Moment time={until} />
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
