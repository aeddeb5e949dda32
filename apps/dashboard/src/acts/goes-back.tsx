import { CutWords } from '../parts/cut-line.tsx';
import { Problem } from '../parts/problem.tsx';
import { ReleaseName } from '../parts/release-name.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { Written } from '../parts/written.tsx';
import type { RollbackShown } from './rollback-shown.ts';

/** Where a rollback would lead, and what it would take away, or why it would be refused. */
export function GoesBack({ way }: { readonly way: RollbackShown }) {
  if (way.is === 'unknown')
    return way.error ? (
      <Problem error={way.error} what="Where it would go back to cannot be told" />
    ) : (
      <p className="dim">Looking what was live before…</p>
    );
  if (way.is === 'none')
    return (
      <p>
        <StateMark tone="down">no way back</StateMark> <Written>{way.reason}</Written>
      </p>
    );
  const { to, from, stops, cut } = way;
  return (
    <>
      <p>
        <StateMark tone="healthy">back to</StateMark> <ReleaseName release={to} />
        {from === to && ', which stays live'}
        {from && from !== to && (
          <>
            {' '}
            instead of <ReleaseName release={from} />
          </>
        )}
        {stops && (
          <>
            ; <ReleaseName release={stops} />, which is on its way, is stopped
          </>
        )}
        ; no gate keeps it out
      </p>
      {cut && <CutWords cut={cut} />}
    </>
  );
}
