import type { Digest } from '@soundbite/model/digest.ts';
import { toBlock, toUnblock } from '../../acts/act.ts';
import { ActButton } from '../../acts/act-button.tsx';
import { Go } from '../../navigation.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { useOverview } from '../../state.ts';
import { stoppedBy } from './stopped-by.ts';

interface BlockingProps {
  readonly release: Digest;
  readonly isBlocked: boolean;
  readonly environments: readonly string[];
}

/** Keeps a release from going anywhere further, or lets it go again; before that: what a block would stop. */
export function Blocking({ release, isBlocked, environments }: BlockingProps) {
  return (
    <div className="buttons">
      {isBlocked ? (
        <ActButton act={toUnblock(release, environments)}>
          <p>What was stopped by the block stays stopped: it has to be promoted anew.</p>
        </ActButton>
      ) : (
        <ActButton act={toBlock(release, environments)}>
          <Stops release={release} />
        </ActButton>
      )}
    </div>
  );
}

function Stops({ release }: { readonly release: Digest }) {
  const { data } = useOverview();
  if (!data) return <p className="dim">What it would stop is not known yet.</p>;
  const stopped = stoppedBy(data, release);
  const live = data.environments.filter(({ why }) => why.release === release).map(({ environment }) => environment);
  return (
    <div className="future">
      {stopped.length === 0 ? (
        <p>Nothing is under way with it.</p>
      ) : (
        <>
          <p>It stops:</p>
          <ul>
            {stopped.map(({ promotion, environment, isRunning }) => (
              <li key={promotion}>
                <StateMark tone={isRunning ? 'busy' : 'waiting'}>{isRunning ? 'deploying' : 'waits'}</StateMark>{' '}
                <Go to={{ screen: 'promotion', id: promotion }}>its promotion into {environment}</Go>
                {isRunning && ', which is rolled back'}
              </li>
            ))}
          </ul>
        </>
      )}
      {live.length > 0 && <p>It stays live in {live.join(', ')}.</p>}
      <p className="dim">Until somebody lets it go on again nobody promotes it anywhere, nor goes back to it.</p>
    </div>
  );
}
