import type { Timeline } from '@soundbite/client';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import { toAbort, toDecide } from '../../acts/act.ts';
import { ActButton } from '../../acts/act-button.tsx';
import { Go } from '../../navigation.tsx';
import { CutWords } from '../../parts/cut-line.tsx';
import { Elapsed, Moment } from '../../parts/moment.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { promotionTones } from '../../parts/promotion-tones.ts';
import { ReleaseName } from '../../parts/release-name.tsx';
import { spanText } from '../../parts/spans.ts';
import { StateMark } from '../../parts/state-mark.tsx';
import { Unfolded } from '../../parts/unfolded.tsx';
import { WebLink } from '../../parts/web-link.tsx';
import { Written } from '../../parts/written.tsx';
import { useAccount, useTimeline } from '../../state.ts';
import { Facts } from './facts.tsx';
import { failedInStacks } from './failed-in-stacks.ts';
import { Gates } from './gates.tsx';
import { ifItFailed } from './if-it-failed.ts';
import { asksAccount, consoleLinks } from './in-console.ts';
import { waitsOf } from './lane.ts';
import { StackEvents } from './stack-events.tsx';
import { Traffic } from './traffic.tsx';
import { WorkLane } from './work-lane.tsx';

/** One promotion: what was asked, what it waited for, what it did, and what its gates said. */
export function PromotionScreen({ id }: { readonly id: string }) {
  const { data, error } = useTimeline(id);
  if (!data) return <NotYet title="Promotion" error={error} />;
  return (
    <article className="promotion">
      <Head timeline={data} />
      <Waits timeline={data} />
      <WorkLane timeline={data} />
      <Traffic timeline={data} />
      <Gates gates={data.gates} />
      <Evidence timeline={data} />
      <Facts id={id} />
    </article>
  );
}

function Head({ timeline }: { readonly timeline: Timeline }) {
  const { environment, kind, release, previous, state, actor, role, asked, createdAt, reason } = timeline;
  // What is reached by the environment's name is of this home's.
  const isOurs = timeline.home === undefined;
  return (
    <header>
      <p className="dim">
        <Go to={{ screen: 'environments' }}>Environments</Go> /{' '}
        {isOurs ? <Go to={{ screen: 'environment', name: environment }}>{environment}</Go> : environment}
      </p>
      <div className="bar">
        <h1>
          {kind === 'rollback' ? 'Rollback to' : 'Promotion of'} <ReleaseName release={release} />{' '}
          {kind === 'rollback' ? 'in' : 'into'} <span className="whole">{environment}</span>
        </h1>
        <StateMark tone={promotionTones[state]}>{state}</StateMark>
      </div>
      {timeline.cut && <CutWords cut={timeline.cut} />}
      <p>
        asked for by <Written>{actor}</Written>
        {role && ` (${role})`} <Moment time={createdAt} />
        {asked.reason && (
          <>
            : <Written>{asked.reason}</Written>
          </>
        )}
      </p>
      {asked.breakGlass && <p className="rule">the glass was broken for it: it went past the rules</p>}
      {asked.override && <p className="rule">it went past the order and the gates that may be gone past</p>}
      {previous && (
        <p className="dim">
          before it <ReleaseName release={previous} /> was live
        </p>
      )}
      {reason && state !== 'succeeded' && <Reason timeline={timeline}>{reason}</Reason>}
      {isOurs && <InConsole timeline={timeline} />}
      <IfItFailed timeline={timeline} />
      {isOurs && <Acts timeline={timeline} />}
      {!isOurs && <p className="dim">It is another home’s: what may be done with it is on the page of that one.</p>}
      <Others timeline={timeline} />
    </header>
  );
}

/** Why it waits, or why it failed: what failed in its stacks by itself, and then in whose words. */
function Reason({ timeline, children }: { readonly timeline: Timeline; readonly children: string }) {
  const inStacks = failedInStacks(timeline);
  const text = <Written most={2000}>{children}</Written>;
  if (timeline.finishedAt === null) return <p className="waits">{text}</p>;
  if (!inStacks) return <p className="failed">{text}</p>;
  return (
    <div className="failed">
      <StackEvents of={inStacks} />
      <Unfolded summary="the whole message, with the way out">{() => <p>{text}</p>}</Unfolded>
    </div>
  );
}

/** Where AWS's console says more of what failed, or of what a stack is doing. */
function InConsole({ timeline }: { readonly timeline: Timeline }) {
  const { data } = useAccount(timeline.environment, asksAccount(timeline));
  const links = consoleLinks(timeline, data);
  if (links.length === 0) return null;
  return (
    <p>
      In AWS’s console:{' '}
      {links.map(({ text, url }, index) => (
        <span key={url}>
          {index > 0 && ', '}
          <WebLink url={url}>{text}</WebLink>
        </span>
      ))}
    </p>
  );
}

/** Before somebody aborts it, or goes to sleep. */
function IfItFailed({ timeline }: { readonly timeline: Timeline }) {
  const says = ifItFailed(timeline);
  return says && <p className="dim">If it failed now, {says}.</p>;
}

/** What may be done with it while it has not ended. */
function Acts({ timeline }: { readonly timeline: Timeline }) {
  if (timeline.finishedAt !== null) return null;
  const isAsked = timeline.waitingFor.some(({ gate }) => gate === 'approval');
  return (
    <div className="buttons">
      {isAsked && <ActButton act={toDecide(timeline, 'yes')} />}
      {isAsked && <ActButton act={toDecide(timeline, 'no')} />}
      <ActButton act={toAbort(timeline)} />
    </div>
  );
}

/** The promotions to which this one belongs. */
function Others({ timeline: { follows, aborts, next } }: { readonly timeline: Timeline }) {
  const links = [
    ['it followed', follows],
    ['it stopped', aborts],
    ['it went on to', next],
  ] as const;
  return links.map(
    ([what, id]) =>
      id && (
        <p key={what} className="dim">
          {what} <Go to={{ screen: 'promotion', id }}>promotion {id.slice(0, 8)}</Go>
        </p>
      ),
  );
}

/** What it waited for, apart from its work: a wait may last for days. */
function Waits({ timeline }: { readonly timeline: Timeline }) {
  const waits = waitsOf(timeline);
  if (waits.length === 0) return null;
  return (
    <section>
      <h2>Waited</h2>
      <ol className="rows">
        {waits.map(({ at, what, seconds, reason, gates }) => (
          <li key={`${what} ${at}`} className="row">
            <span className="took number">
              {seconds !== null && spanText(seconds)}
              {seconds === null && at !== null && timeline.finishedAt === null && <Elapsed since={at} />}
            </span>
            <span>
              {what === 'turn' && 'for its turn'}
              {what === 'turn' && (gates.length > 0 || reason) && ': '}
              {gates.map((gate) => (
                <span key={gate.gate}>
                  <strong>{gate.gate}</strong>: <Written>{gate.reasons.join('; ')}</Written>{' '}
                </span>
              ))}
              {gates.length === 0 && reason && <Written>{reason}</Written>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What counted for its release when it was let in, and what counts now. */
function Evidence({ timeline: { evidence, approvals } }: { readonly timeline: Timeline }) {
  if (evidence.length + approvals.length === 0) return null;
  return (
    <section>
      <h2>Evidence</h2>
      <ol className="rows">
        {approvals.map(({ person, verdict, reason, at }) => (
          <li key={person} className="row">
            <StateMark tone={verdict === 'yes' ? 'healthy' : 'down'}>{verdict}</StateMark>
            <span>
              <Written>{person}</Written> <Moment time={at} />
              {reason && (
                <>
                  : <Written>{reason}</Written>
                </>
              )}
            </span>
          </li>
        ))}
        {evidence.map(({ id, kind, verdict, digest, by, at, counted }) => (
          <li key={id} className="row">
            <StateMark tone={verdict === 'pass' ? 'healthy' : 'down'}>{verdict}</StateMark>
            <span>
              {kind} <code title={digest}>{shortDigest(digest)}</code> by <Written>{by}</Written> <Moment time={at} />
              {!counted && <span className="dim">, came after it was let in</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
