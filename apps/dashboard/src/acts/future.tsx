import type { Plan } from '@soundbite/client';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import type { ReactNode } from 'react';
import { subjectOf } from '../parts/cut-line.tsx';
import { spanText } from '../parts/spans.ts';
import { StateMark } from '../parts/state-mark.tsx';
import { counted } from '../parts/text.ts';
import { Written } from '../parts/written.tsx';
import { Gates } from '../screens/promotion/gates.tsx';
import { entranceOf } from './entrance.ts';

interface FutureProps {
  readonly plan: Plan;
  /** What they said to a promotion that was asked for; absent: what they would say if the reader asked. */
  readonly gates?: Plan['gates'];
}

/** What a promotion would bring, whether it may enter and why, what comes before it is live, and the way back. */
export function Future({ plan, gates = plan.gates }: FutureProps) {
  const { release, current, admission, steps, expectedSeconds, rollback } = plan;
  const { tone, word } = entranceOf(admission, gates);
  return (
    <div className="future">
      <p>
        <code title={release}>{shortDigest(release)}</code>
        {current !== null && (
          <>
            {' '}
            instead of <code title={current}>{shortDigest(current)}</code>
          </>
        )}
      </p>
      <p>
        <StateMark tone={tone}>{word}</StateMark>{' '}
        <Written>{admission.admitted ? admission.note : `${admission.reason}; ${admission.hint}`}</Written>
      </p>
      <Changes plan={plan} />
      <Gates gates={gates} />
      <p className="dim">
        {counted(steps.length, 'step')}
        {expectedSeconds !== null && `, usually ${spanText(expectedSeconds)}`}
      </p>
      <ol className="ahead" aria-label="Steps ahead">
        {steps.map(({ name, expectedSeconds: usual }) => (
          <li key={name}>
            {name} {usual !== null && <span className="number">{spanText(usual)}</span>}
          </li>
        ))}
      </ol>
      {rollback && <WayBack rollback={rollback} />}
    </div>
  );
}

/** So many of each are shown; the rest is counted. */
const most = 8;

function Changes({ plan: { cut, commits, settings, resources, removals } }: { readonly plan: Plan }) {
  return (
    <>
      {commits === null ? (
        <>
          {cut && (
            <p className="subject">
              <Written>{subjectOf(cut)}</Written>
            </p>
          )}
          <p className="dim">the history here cannot say which {cut ? 'other ' : ''}commits it brings</p>
        </>
      ) : (
        <Listed
          what="commit"
          all={commits.map(({ commit, subject }) => [commit, <Written key={commit}>{subject}</Written>])}
        />
      )}
      <Listed
        what="setting"
        all={settings.map(({ path, from, to }) => [path, `${path}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`])}
      />
      <Listed
        what="resource"
        all={resources.map(({ id, type, change }) => [`${change} ${id}`, `${change} ${id} (${type})`])}
      />
      <Listed
        what="removal"
        all={removals.map(({ id, what, detail }) => [
          `${what} ${id}`,
          <Written key={id}>{`${what} ${id}: ${detail}`}</Written>,
        ])}
      />
    </>
  );
}

function Listed({
  what,
  all,
}: {
  readonly what: string;
  readonly all: readonly (readonly [key: string, shown: ReactNode])[];
}) {
  if (all.length === 0) return null;
  return (
    <details open>
      <summary>{counted(all.length, what)}</summary>
      <ul>
        {all.slice(0, most).map(([key, shown]) => (
          <li key={key}>{shown}</li>
        ))}
        {all.length > most && <li className="dim">and {all.length - most} more</li>}
      </ul>
    </details>
  );
}

const WayBack = ({
  rollback: { to, ready, obstacles, usualSeconds },
}: {
  readonly rollback: NonNullable<Plan['rollback']>;
}) => (
  <p>
    {to === null ? (
      'no way back: '
    ) : (
      <>
        back to <code title={to}>{shortDigest(to)}</code>
        {ready ? ', which is kept ready' : ', which is not ready'}
        {usualSeconds !== null && `, usually ${spanText(usualSeconds)}`}
        {obstacles.length > 0 && '; in the way: '}
      </>
    )}
    <Written>{obstacles.map(({ reason }) => reason).join('; ')}</Written>
  </p>
);
