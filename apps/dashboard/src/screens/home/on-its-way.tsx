import type { OverviewPlace } from '@soundbite/client';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import { Go } from '../../navigation.tsx';
import { subjectOf } from '../../parts/cut-line.tsx';
import { GateText } from '../../parts/gate-text.tsx';
import { Elapsed, Moment } from '../../parts/moment.tsx';
import { promotionTones } from '../../parts/promotion-tones.ts';
import { spanText } from '../../parts/spans.ts';
import { StateMark } from '../../parts/state-mark.tsx';
import { Written } from '../../parts/written.tsx';
import { progressOf } from './card-facts.ts';

type View = NonNullable<OverviewPlace['running']>;

/** What is being brought there now: its step, how long that takes, and how long it usually does. */
export function Running({ view }: { readonly view: View }) {
  const { done, of, step, usualSeconds, since } = progressOf(view);
  return (
    <section className="under-way" aria-label={`Promotion under way in ${view.environment}`}>
      <p>
        <StateMark tone="busy">{view.kind === 'rollback' ? 'rolling back' : 'deploying'}</StateMark>{' '}
        <Name view={view} />
      </p>
      <Subject cut={view.cut} />
      <progress value={done} max={Math.max(of, 1)} aria-label={`${done} of ${of} steps`} />
      <p className="dim">
        {step ?? 'between two steps'} ({Math.min(done + 1, of)} of {of})
        {since && step && (
          <>
            , <Elapsed since={since} />
          </>
        )}
        {usualSeconds !== null && `, usually ${spanText(usualSeconds)}`}
      </p>
    </section>
  );
}

/** What did not get there last, and why. */
export const Failed = ({ view }: { readonly view: View }) => (
  <section className="failed" aria-label={`Last promotion in ${view.environment}`}>
    <p>
      <StateMark tone={promotionTones[view.state]}>{view.state}</StateMark> <Name view={view} />
      {view.finishedAt && (
        <span className="dim">
          {' '}
          <Moment time={view.finishedAt} />
        </span>
      )}
    </p>
    <Subject cut={view.cut} />
    {view.reason && (
      <p className="reason">
        <Written>{view.reason}</Written>
      </p>
    )}
  </section>
);

type Wait = OverviewPlace['why']['waits'][number];

/** What wants to get there, for what and for whom it waits, and until when. */
export const Waiting = ({ one }: { readonly one: Wait }) => (
  <section className="waits">
    <p>
      <StateMark tone="waiting">waits</StateMark>{' '}
      <Go to={{ screen: 'promotion', id: one.promotion }}>
        {one.kind === 'rollback' && 'rollback to '}
        <code title={one.release}>{shortDigest(one.release)}</code>
      </Go>{' '}
      <span className="dim">
        asked for by <Written>{one.by}</Written> <Moment time={one.since} />
      </span>
      {one.askedReason && (
        <>
          : <Written>{one.askedReason}</Written>
        </>
      )}
    </p>
    <Subject cut={one.cut} />
    {one.gates.map((gate) => (
      <p key={gate.gate}>
        <GateText of={gate} />
      </p>
    ))}
    {one.gates.length === 0 && one.reason && (
      <p>
        <Written>{one.reason}</Written>
      </p>
    )}
  </section>
);

/** The release in the words of its commit, where they are known. */
const Subject = ({ cut }: { readonly cut: View['cut'] }) =>
  cut && (
    <p className="subject">
      <Written>{subjectOf(cut)}</Written>
    </p>
  );

const Name = ({ view }: { readonly view: View }) => (
  <>
    <Go to={{ screen: 'promotion', id: view.promotion }}>
      <code title={view.release}>{shortDigest(view.release)}</code>
    </Go>{' '}
    <span className="dim">
      by <Written>{view.actor}</Written>
    </span>
  </>
);
