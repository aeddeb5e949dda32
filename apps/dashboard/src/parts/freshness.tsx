import { useLiveness } from '../state.ts';
import { Elapsed } from './moment.tsx';
import { StateMark } from './state-mark.tsx';

/** Whether what is shown is what is: said at once when it is not, with its age. */
export function Freshness() {
  const liveness = useLiveness();
  return (
    <div className="freshness" role="status" data-live={liveness.is}>
      {liveness.is === 'live' && <StateMark tone="healthy">live</StateMark>}
      {liveness.is === 'connecting' && <StateMark tone="unknown">connecting</StateMark>}
      {liveness.is === 'stale' && (
        <StateMark tone="degraded">
          not live: the control plane does not answer, and this is as it was{' '}
          <Elapsed since={new Date(liveness.since).toISOString()} /> ago
        </StateMark>
      )}
      {liveness.is === 'out' && (
        <StateMark tone="degraded">signed out: run soundbite open, and follow its link</StateMark>
      )}
    </div>
  );
}
