import type { Matrix, ReleaseView } from '@soundbite/client';
import { toPromote } from '../../acts/act.ts';
import { ActButton } from '../../acts/act-button.tsx';
import { PlanOf } from '../../acts/plan-of.tsx';
import { ReleaseState } from '../../parts/release-state.tsx';
import { Unfolded } from '../../parts/unfolded.tsx';

interface WhereaboutsProps {
  readonly matrix: Matrix;
  readonly view: ReleaseView;
}

/** What became of it in each environment, and, on demand, what it would bring to each and whether it may enter. */
export const Whereabouts = ({ matrix: { environments, releases }, view: { release } }: WhereaboutsProps) => (
  <section>
    <h2>Where it has been, and may go</h2>
    <ol className="spots">
      {environments.map((name, index) => {
        const row = releases[0];
        return (
          <li key={name}>
            <h3>{name}</h3>
            <div>{row && <ReleaseState row={row} environment={name} before={environments[index - 1]} isWhole />}</div>
            {row?.entries.some(({ environment }) => environment === name) && (
              <div className="buttons">
                <ActButton act={toPromote(name, release)} />
              </div>
            )}
            <Unfolded name={`plan-${name}`} summary="May it enter, and what would it bring?">
              {() => <PlanOf environment={name} release={release} />}
            </Unfolded>
          </li>
        );
      })}
    </ol>
  </section>
);
