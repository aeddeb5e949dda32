import type { Matrix, MatrixCell } from '@soundbite/client';
import { Go } from '../navigation.tsx';
import { exactTime } from './exact-time.ts';
import { marked, StateMark, type StateTone } from './state-mark.tsx';

const tones: Record<MatrixCell['state'], StateTone> = {
  live: 'healthy',
  'was-live': 'empty',
  waiting: 'waiting',
  running: 'busy',
  failed: 'down',
  errored: 'down',
  aborted: 'degraded',
};

interface ReleaseStateProps {
  readonly row: Pick<Matrix['releases'][number], 'release' | 'live' | 'cells' | 'entries' | 'blocked'>;
  readonly environment: string;
  /** The environment before it. */
  readonly before: string | undefined;
}

/** What became of a release in an environment, or whether it may enter; why is in the tooltip, and all of it one click away. */
export function ReleaseState({ row, environment, before }: ReleaseStateProps) {
  const cell = row.cells.find((one) => one.environment === environment);
  const entry = row.entries.find((one) => one.environment === environment);
  if (!cell && row.live.includes(environment)) return <StateMark tone="healthy">live</StateMark>;
  return (
    <>
      {cell && <Tried cell={cell} />}
      {entry && (
        <Go
          to={{ screen: 'release', release: row.release }}
          className={marked(entry.is === 'may' ? 'unknown' : 'waiting')}
          title={entry.why}
        >
          {entry.is === 'may' ? 'may enter' : 'would wait'}
        </Go>
      )}
      {!cell && !entry && (
        <span className="dim" title={row.blocked ? 'it is blocked' : before && `it is not live in ${before}`}>
          may not
        </span>
      )}
    </>
  );
}

function Tried({ cell: { state, promotion, at, reason } }: { readonly cell: MatrixCell }) {
  return (
    <Go
      to={{ screen: 'promotion', id: promotion }}
      className={marked(tones[state])}
      title={`${exactTime(at)}${reason ? `: ${reason.slice(0, 500)}` : ''}`}
    >
      {state === 'was-live' ? 'was live' : state}
    </Go>
  );
}
