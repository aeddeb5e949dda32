import { useLiveness, useUnread } from '../changes.ts';
import { usePast } from '../navigation.tsx';
import { useNow } from './now.ts';
import { spanText } from './spans.ts';
import { StateMark } from './state-mark.tsx';

/** Whether what is shown is what is: said at once when it is not, with its age. */
export function Freshness() {
  const liveness = useLiveness();
  const unread = useUnread();
  const isPast = usePast() !== null;
  const is = liveness.is === 'live' && unread !== null ? 'stale' : liveness.is;
  return (
    <div className="freshness" role="status" data-live={is}>
      {is === 'live' && !isPast && <StateMark tone="healthy">live</StateMark>}
      {is === 'live' && isPast && <StateMark tone="unknown">the past</StateMark>}
      {is === 'connecting' && <StateMark tone="unknown">connecting</StateMark>}
      {liveness.is === 'stale' && (
        <StateMark tone="degraded">
          <span title="The control plane does not answer: what is shown is as it was when it last did.">
            not live: <Age since={liveness.since} /> old
          </span>
        </StateMark>
      )}
      {is === 'stale' && liveness.is === 'live' && (
        <StateMark tone="degraded">
          <span title={unread ?? undefined}>not live: records cannot be read</span>
        </StateMark>
      )}
      {is === 'out' && <StateMark tone="degraded">signed out: run soundbite open</StateMark>}
    </div>
  );
}

/** Whatever time the page shows. `since`: ms since 1970. */
const Age = ({ since }: { readonly since: number }) => (
  <span className="number">{useNow((now) => spanText(Math.floor(Math.max(0, now - since) / 1000)))}</span>
);
