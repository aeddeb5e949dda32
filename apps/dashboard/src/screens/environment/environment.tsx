import type { Overview, OverviewPlace, StatusEnvironment } from '@soundbite/client';
import { isFed, toHold, toPromote, toRollBack, whyNot } from '../../acts/act.ts';
import { ActButton } from '../../acts/act-button.tsx';
import { reachOf, toDestroy, toFreeze, toPromoteThrough } from '../../acts/act-on-environment.ts';
import { PlanOf } from '../../acts/plan-of.tsx';
import { useAsker } from '../../asker.tsx';
import { Go, usePast } from '../../navigation.tsx';
import { Answering } from '../../parts/findings.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Problem } from '../../parts/problem.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Unfolded } from '../../parts/unfolded.tsx';
import { Written } from '../../parts/written.tsx';
import { useEnvironment, useHistory, useOverview, useStatus } from '../../state.ts';
import { LiveRelease } from '../home/card.tsx';
import { seenAs } from '../home/card-facts.ts';
import { InForce } from '../home/in-force.tsx';
import { Failed, Running, Waiting } from '../home/on-its-way.tsx';
import { AsDeclared } from './as-declared.tsx';
import { History } from './history.tsx';
import { InAccount } from './in-account.tsx';
import { Logs } from './logs.tsx';

/** One environment: how it is, what happened there, how it is declared, and what a promotion would change. */
export function EnvironmentScreen({ name }: { readonly name: string }) {
  const { data, error } = useOverview();
  const seen = useStatus().data?.environments.find((one) => one.name === name);
  if (!data) return <NotYet title={<Written>{name}</Written>} error={error} />;
  const place = data.environments.find(({ environment }) => environment === name);
  if (!place) return <Missing name={name} />;
  return (
    <article className="sheet environment">
      <Head place={place} seen={seen} overview={data} />
      <About place={place} isFirst={data.environments[0] === place} />
    </article>
  );
}

/** All that stands below its head, at once: what came later would push away what is being read. */
function About({ place, isFirst }: { readonly place: OverviewPlace; readonly isFirst: boolean }) {
  const { environment: name, why } = place;
  const { data: view, error: unknown, isPending } = useEnvironment(name);
  const isComing = useHistory(name).isPending || isPending;
  const isPast = usePast() !== null;
  if (isComing) return <p className="dim">Reading the records…</p>;
  return (
    <>
      <History name={name} live={why.release} />
      {!isPast && place.declared && (
        <section>
          <h2>What a promotion would change</h2>
          <Unfolded
            name="plan"
            summary={`May ${isFirst ? 'the newest release' : 'what is in the one before'} enter, and what would it bring?`}
          >
            {() => <PlanOf environment={name} />}
          </Unfolded>
        </section>
      )}
      {place.declared && <Logs key={name} name={name} />}
      {view && <AsDeclared view={view} />}
      {!isPast && <InAccount name={name} />}
      {unknown && <Problem error={unknown} what="How it is declared cannot be told" />}
    </>
  );
}

const Missing = ({ name }: { readonly name: string }) => (
  <>
    <h1>
      There is no environment <Written>{name}</Written>
    </h1>
    <p>
      <Go to={{ screen: 'environments' }}>All environments</Go>
    </p>
  </>
);

interface HeadProps {
  readonly place: OverviewPlace;
  readonly seen: StatusEnvironment | undefined;
  readonly overview: Overview;
}

function Head({ place, seen, overview: { environments } }: HeadProps) {
  const { environment, why, running, failed, holder } = place;
  const isPast = usePast() !== null;
  const { tone, word } = seenAs(place, seen, isPast);
  return (
    <header>
      <p className="dim">
        <Go to={{ screen: 'environments' }}>Environments</Go> / {environment}
      </p>
      <div className="bar">
        <h1>{environment}</h1>
        <StateMark tone={tone}>{word}</StateMark>
      </div>
      {!isPast && <Answering key={environment} seen={seen} />}
      <LiveRelease place={place} />
      {holder && (
        <p className="rule">
          <Written>{holder}</Written> has it for the moment
        </p>
      )}
      {running && <Running view={running} />}
      {failed && !running && <Failed view={failed} />}
      {why.waits.map((one) => (
        <Waiting key={one.promotion} one={one} />
      ))}
      <InForce why={why} />
      <Acts place={place} environments={environments} />
    </header>
  );
}

/** What may be done with it, and from it on. */
function Acts({ place, environments }: { readonly place: OverviewPlace } & Pick<Overview, 'environments'>) {
  const { environment, declared, why } = place;
  const index = environments.indexOf(place);
  const behind = environments.slice(index + 1).flatMap((one) => (one.declared ? [one.environment] : []));
  const asker = useAsker();
  const later = reachOf(asker, behind);
  // Before it is known what the reader may, too: a button that comes later moves the others.
  const goesOn = behind.length > 0 && (later.length > 0 || whyNot(asker, toPromote(environment)) !== null);
  const canEnter = isFed(environments, index);
  return (
    <div className="buttons">
      {canEnter && <ActButton act={toPromote(environment)} />}
      {canEnter && goesOn && <ActButton act={toPromoteThrough(environment, later)} />}
      {why.release !== null && <ActButton act={toRollBack(environment)} />}
      {declared && <ActButton act={toHold(environment)} />}
      {declared && <ActButton act={toFreeze(environment)} />}
      <ActButton act={toDestroy(environment)} />
    </div>
  );
}
