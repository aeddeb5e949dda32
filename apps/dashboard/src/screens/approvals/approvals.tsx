import { shortDigest } from '@soundbite/model/short-digest.ts';
import { toDecide } from '../../acts/act.ts';
import { ActButton } from '../../acts/act-button.tsx';
import { PlanOf } from '../../acts/plan-of.tsx';
import { useAsker } from '../../asker.tsx';
import { Go } from '../../navigation.tsx';
import { CutWords } from '../../parts/cut-line.tsx';
import { GateText } from '../../parts/gate-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Written } from '../../parts/written.tsx';
import { useOverview } from '../../state.ts';
import { type Awaited, awaitedIn } from './awaited.ts';

/** Everything that waits for people, with all that is needed to decide on it. */
export function ApprovalsScreen() {
  const { data, error } = useOverview();
  const asker = useAsker();
  if (!data) return <NotYet title="Approvals" error={error} />;
  const all = awaitedIn(data, asker);
  return (
    <>
      <h1>Approvals</h1>
      {all.length === 0 && <Nothing />}
      <Group title="Waits for you" all={all.filter(({ isMine }) => isMine)} />
      <Group title="Waits for others" all={all.filter(({ isMine }) => !isMine)} />
    </>
  );
}

const Nothing = () => (
  <div className="nothing">
    <p>Nothing waits for anybody’s word.</p>
    <p className="dim">
      A promotion stands here, oldest first, while a gate asks for people. All that is on its way stands on{' '}
      <Go to={{ screen: 'environments' }}>Environments</Go>.
    </p>
  </div>
);

function Group({ title, all }: { readonly title: string; readonly all: readonly Awaited[] }) {
  if (all.length === 0) return null;
  return (
    <section className="group">
      <h2>{title}</h2>
      <ol className="decisions">
        {all.map((one) => (
          <Decision key={one.wait.promotion} one={one} />
        ))}
      </ol>
    </section>
  );
}

function Decision({ one: { environment, wait, isMine } }: { readonly one: Awaited }) {
  const { promotion, release, cut, kind, by, since, askedReason, gates } = wait;
  const about = { promotion, environment, release, kind };
  return (
    <li className="card">
      <h3>
        <Go to={{ screen: 'promotion', id: promotion }}>
          <code title={release}>{shortDigest(release)}</code> into <span className="whole">{environment}</span>
        </Go>
      </h3>
      {cut && <CutWords cut={cut} />}
      <p>
        <span className="dim">
          asked for by <Written>{by}</Written> <Moment time={since} />
        </span>
        {askedReason && (
          <>
            : <Written most={1000}>{askedReason}</Written>
          </>
        )}
      </p>
      {gates.map((gate) => (
        <p key={gate.gate}>
          <GateText of={gate} />
        </p>
      ))}
      <details open={isMine}>
        <summary>What it would bring</summary>
        <PlanOf environment={environment} release={release} promotion={promotion} />
      </details>
      <div className="buttons">
        <ActButton act={toDecide(about, 'yes')} />
        <ActButton act={toDecide(about, 'no')} />
      </div>
    </li>
  );
}
