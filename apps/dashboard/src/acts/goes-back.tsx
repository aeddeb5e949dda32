import { Problem } from '../parts/problem.tsx';
import { ReleaseName } from '../parts/release-name.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { Written } from '../parts/written.tsx';
import { useEnvironment, useStatus } from '../state.ts';

/** Where a rollback would go, or why it would be refused: of the records, and of the last look at what stands there. */
export function GoesBack({ environment }: { readonly environment: string }) {
  const { data, error } = useEnvironment(environment);
  const refused = useStatus().data?.environments.find(({ name }) => name === environment)?.wayBack.refused;
  if (error) return <Problem error={error} what="Where it would go back to cannot be told" />;
  if (!data) return <p className="dim">Looking what was live before…</p>;
  const { liveRelease, previousRelease } = data.record;
  if (refused)
    return (
      <p>
        <StateMark tone="down">no way back</StateMark> <Written>{`${refused.reason}; ${refused.hint}`}</Written>
      </p>
    );
  if (previousRelease === null)
    return (
      <p>
        <StateMark tone="down">no way back</StateMark> nothing was live there before; what is under way would be stopped
      </p>
    );
  return (
    <p>
      <StateMark tone="healthy">back to</StateMark> <ReleaseName release={previousRelease} />
      {liveRelease && (
        <>
          {' '}
          instead of <ReleaseName release={liveRelease} />
        </>
      )}
      ; no gate keeps it out
    </p>
  );
}
