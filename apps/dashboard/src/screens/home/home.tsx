import type { OverviewPlace, StatusEnvironment } from '@soundbite/client';
import { goTo, usePast } from '../../navigation.tsx';
import { CommandText } from '../../parts/command-text.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useSettled } from '../../parts/settled.ts';
import { Written } from '../../parts/written.tsx';
import { useCommits, useOverview, useStatus, useTraffic } from '../../state.ts';
import { Card } from './card.tsx';
import { isMeant, meantText } from './card-facts.ts';
import { Demo } from './demo.tsx';

/** All environments, in a chain: what runs, what is on its way, what it waits for. */
export function HomeScreen({ find }: { readonly find: string }) {
  const { data, error } = useOverview();
  const status = useStatus();
  const traffic = useTraffic(data !== undefined);
  const past = usePast();
  const commits = useCommits(useSettled(find.trim(), 250));
  if (!data) return <NotYet title="Environments" error={error} />;
  const asked = new Map(traffic.data?.environments.map((one) => [one.environment, one]));
  const seen = new Map<string, StatusEnvironment>(status.data?.environments.map((one) => [one.name, one]));
  const meant = new Set(data.environments.filter((place) => isMeant(place, find, commits.data)));
  return (
    <>
      <div className="bar">
        <h1>Environments</h1>
        <Finder find={find} found={meantText(meant.size, commits.data)} />
      </div>
      {status.error && <Problem error={status.error} what="What answers there cannot be looked at" />}
      {commits.error && <Problem error={commits.error} what="Earlier commits cannot be found" />}
      {past === null && data.environments.every(isUntouched) && <FirstRelease />}
      <ol className="chain">
        {data.environments.map((place, index) => (
          <li
            key={place.environment}
            className="card"
            data-environment={place.environment}
            data-meant={find === '' ? undefined : meant.has(place)}
          >
            <Card
              place={place}
              seen={seen.get(place.environment)}
              traffic={asked.get(place.environment)}
              trafficError={traffic.error?.message ?? null}
              before={data.environments[index - 1]}
            />
          </li>
        ))}
      </ol>
      <Demo environments={data.environments.filter((place) => place.declared).map((place) => place.environment)} />
    </>
  );
}

/** Nothing is live there, nothing is on its way, and nothing came to nothing. */
const isUntouched = ({ why, failed }: OverviewPlace): boolean =>
  why.release === null && why.underWay === null && why.waits.length === 0 && failed === null;

const FirstRelease = () => (
  <div className="nothing">
    <p>Nothing is live anywhere yet. This cuts a release of what is here, and brings it through all environments:</p>
    <CommandText text="soundbite up" />
  </div>
);

function Finder({ find, found }: { readonly find: string; readonly found: string }) {
  const past = usePast();
  return (
    <search className="finder">
      <input
        type="search"
        aria-label="Find a commit, a release, a person or a word"
        placeholder="Commit, release, person, word"
        value={find}
        onChange={({ target }) => goTo({ screen: 'environments', find: target.value, ...(past && { at: past }) }, true)}
      />
      <output className="dim">{find === '' ? '' : <Written most={80}>{found}</Written>}</output>
    </search>
  );
}
