import { Fragment } from 'react';
import { ActButton } from '../../acts/act-button.tsx';
import { Go } from '../../navigation.tsx';
import { Moment } from '../../parts/moment.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Written } from '../../parts/written.tsx';
import { useOverview } from '../../state.ts';
import { type Keeping, keepingIn } from './keeping.ts';

/** All freezes and holds in force: where, why, by whom, since and until when. */
export function FreezesScreen() {
  const { data, error } = useOverview();
  if (!data) return <NotYet title="Freezes and holds" error={error} />;
  const all = keepingIn(data);
  return (
    <article className="sheet">
      <header>
        <h1>Freezes and holds</h1>
        <p className="dim">
          What keeps releases out of environments, whoever promotes them. Rollbacks go all the same. A{' '}
          <strong>freeze</strong> ends by itself; a <strong>hold</strong> when somebody resumes the environment.
        </p>
      </header>
      {all.length === 0 ? (
        <div>
          <p>Nothing is frozen or held: releases enter every environment as its gates let them.</p>
          <Begin environments={data.environments.map(({ environment }) => environment)} />
        </div>
      ) : (
        <ol className="spots">
          {all.map((one) => (
            <Kept key={one.id} one={one} />
          ))}
        </ol>
      )}
    </article>
  );
}

/** Where one is begun. */
const Begin = ({ environments }: { readonly environments: readonly string[] }) => (
  <p className="dim">
    To freeze or hold one, open it:{' '}
    {environments.map((name, index) => (
      <Fragment key={name}>
        {index > 0 && ', '}
        <Go to={{ screen: 'environment', name }}>{name}</Go>
      </Fragment>
    ))}
  </p>
);

const Kept = ({ one: { environment, word, by, reason, since, until, end } }: { readonly one: Keeping }) => (
  <li>
    <h2>
      <Go to={{ screen: 'environment', name: environment }}>{environment}</Go>
    </h2>
    <div className="beside">
      <div>
        <p>
          <StateMark tone="degraded">{word}</StateMark>{' '}
          {until ? (
            <>
              ends <Moment time={until} />
            </>
          ) : (
            'until somebody ends it'
          )}
        </p>
        <p>
          <Written most={1000}>{reason}</Written>
        </p>
        <p className="dim">
          by <Written>{by}</Written>
          {since && (
            <>
              , began <Moment time={since} />
            </>
          )}
        </p>
      </div>
      <ActButton act={end} />
    </div>
  </li>
);
