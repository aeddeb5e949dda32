import { useFreshness } from '../changes.ts';
import { usePast } from '../navigation.tsx';
import { useNow } from './now.ts';
import { asPresent } from './present.ts';
import { spanText } from './spans.ts';
import { StateMark } from './state-mark.tsx';
import { Unspoken } from './unspoken.tsx';

/** Whether what is shown is what is: said at once when it is not, with its age. */
export function Freshness() {
  const fresh = useFreshness();
  return (
    <div className="freshness" role="status" data-live={fresh.is}>
      <Said fresh={fresh} />
    </div>
  );
}

function Said({ fresh }: { readonly fresh: ReturnType<typeof useFreshness> }) {
  const isPast = usePast() !== null;
  switch (fresh.is) {
    case 'connecting':
      return <StateMark tone="unknown">connecting</StateMark>;
    case 'live':
      return isPast ? <StateMark tone="unknown">the past</StateMark> : <StateMark tone="healthy">live</StateMark>;
    case 'stale':
      return (
        <StateMark tone="degraded">
          <span title="The control plane does not answer: what is shown is as it was when it last did.">
            not live
            <Unspoken>
              : <Age since={fresh.since} /> old
            </Unspoken>
          </span>
        </StateMark>
      );
    case 'unread':
      return (
        <StateMark tone="degraded">
          <span title={fresh.why}>not live: records cannot be read</span>
        </StateMark>
      );
    case 'out':
      return <StateMark tone="degraded">signed out: run soundbite open</StateMark>;
  }
}

/** Whatever time the page shows. `since`: by this browser's clock, in ms since 1970. */
const Age = ({ since }: { readonly since: number }) => (
  <span className="number">{useNow((now) => spanText(Math.floor(Math.max(0, now - asPresent(since)) / 1000)))}</span>
);
