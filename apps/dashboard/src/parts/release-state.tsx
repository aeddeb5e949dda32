import type { Matrix, MatrixCell } from '@soundbite/client';
import { Go } from '../navigation.tsx';
import { exactTime } from './exact-time.ts';
import { Moment } from './moment.tsx';
import { marked, StateMark, type StateTone } from './state-mark.tsx';
import { Written } from './written.tsx';

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
  /** Where there is room for it: when that was. */
  readonly isWhole?: boolean;
}

/** What became of a release in an environment, or whether it may enter, each with why (a table shows its beginning); all of it is one click away. */
export function ReleaseState({ row, environment, before, isWhole = false }: ReleaseStateProps) {
  const cell = row.cells.find((one) => one.environment === environment);
  const entry = row.entries.find((one) => one.environment === environment);
  if (!cell && row.live.includes(environment)) return <StateMark tone="healthy">live</StateMark>;
  return (
    <>
      {cell && <Tried cell={cell} isWhole={isWhole} />}
      {entry && (
        <>
          <Go
            to={{ screen: 'release', release: row.release }}
            className={marked(entry.is === 'may' ? 'unknown' : 'waiting')}
          >
            {entry.is === 'may' ? 'may enter' : 'would wait'}
          </Go>
          <Because text={entry.why} isWhole={isWhole} />
        </>
      )}
      {!cell && !entry && <span className="may-not">{mayNot(row.blocked !== null, before)}</span>}
    </>
  );
}

/** In one element: a long table has thousands of them, and each costs when a dialog opens over it. */
function mayNot(isBlocked: boolean, before: string | undefined): string {
  if (isBlocked) return 'may not\nit is blocked';
  return before === undefined ? 'may not' : `may not\nit is not live in ${before}`;
}

interface TriedProps {
  readonly cell: MatrixCell;
  readonly isWhole: boolean;
}

const Tried = ({ cell: { state, promotion, at, reason }, isWhole }: TriedProps) => (
  <>
    <Go to={{ screen: 'promotion', id: promotion }} className={marked(tones[state])} title={exactTime(at)}>
      {state === 'was-live' ? 'was live' : state}
    </Go>
    {isWhole && (
      <span className="dim">
        {' '}
        <Moment time={at} />
      </span>
    )}
    {state !== 'live' && state !== 'was-live' && <Because text={reason} isWhole={isWhole} />}
  </>
);

const Because = ({ text, isWhole = false }: { readonly text: string | null; readonly isWhole?: boolean }) =>
  text && (
    <span className="because">
      <Written most={isWhole ? 1000 : undefined}>{text}</Written>
    </span>
  );
