import type { MatrixCell } from '@soundbite/client';
import { Go } from '../navigation.tsx';
import { exactTime } from './exact-time.ts';
import { StateMark, type StateTone } from './state-mark.tsx';

const tones: Record<MatrixCell['state'], StateTone> = {
  live: 'healthy',
  'was-live': 'empty',
  waiting: 'waiting',
  running: 'busy',
  failed: 'down',
  errored: 'down',
  aborted: 'degraded',
};

/** What became of a release in an environment; why is in the tooltip, and all of it one click away. Absent: it was never tried there. */
export function ReleaseState({ cell }: { readonly cell: MatrixCell | undefined }) {
  if (!cell) return <span className="dim">never</span>;
  const { state, promotion, at, reason } = cell;
  return (
    <Go
      to={{ screen: 'promotion', id: promotion }}
      title={`${exactTime(at)}${reason ? `: ${reason.slice(0, 500)}` : ''}`}
    >
      <StateMark tone={tones[state]}>{state === 'was-live' ? 'was live' : state}</StateMark>
    </Go>
  );
}
