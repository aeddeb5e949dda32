import { usePast } from '../navigation.tsx';
import { useLiveness } from '../state.ts';
import { useNow } from './now.ts';
import { spanText } from './spans.ts';
import { StateMark } from './state-mark.tsx';

/** Whether what is shown is what is: said at once when it is not, with its age. */
export function Freshness() {
  const liveness = useLiveness();
  const isPast = usePast() !== null;
  return (
    <div className="freshness" role="status" data-live={liveness.is}>
      {liveness.is === 'live' && !isPast && <StateMark tone="healthy">live</StateMark>}
      {liveness.is === 'live' && isPast && <StateMark tone="unknown">the past</StateMark>}
      {liveness.is === 'connecting' && <StateMark tone="unknown">connecting</StateMark>}
      {liveness.is === 'stale' && (
        <StateMark tone="degraded">
          not live: the control plane does not answer, and this is as it was <Age since={liveness.since} /> ago
        </StateMark>
      )}
      {liveness.is === 'out' && (
        <StateMark tone="degraded">signed out: run soundbite open, and follow its link</StateMark>
      )}
    </div>
  );
}

/** Whatever time the page shows. `since`: ms since 1970. */
const Age = ({ since }: { readonly since: number }) => (
  <span className="number">{useNow((now) => spanText(Math.floor(Math.max(0, now - since) / 1000)))}</span>
);
