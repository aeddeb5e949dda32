import type { Why } from '@soundbite/client';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import type { ReactNode } from 'react';
import { type Act, toResume } from '../../acts/act.ts';
import { ActButton } from '../../acts/act-button.tsx';
import { ByWhom } from '../../parts/by-whom.tsx';
import { Moment } from '../../parts/moment.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Written } from '../../parts/written.tsx';

/** What acts on everything that wants to enter, or to go further: each with who, why and until when. */
export function InForce({ why: { freezes, holds, blocked, taints, glass } }: { readonly why: Why }) {
  return (
    <>
      {freezes.map(({ id, by, from, reason, until }) => (
        <Rule key={id} word="frozen" by={by} since={from} reason={reason} until={until} />
      ))}
      {holds.map((one) => (
        <Rule
          key={one.id}
          word={one.scope === 'all' ? 'held' : 'held for what comes by itself'}
          by={one.by}
          since={one.since}
          reason={one.reason}
          until={one.until}
          end={toResume(one)}
        />
      ))}
      {blocked && (
        <Rule
          word={`${shortDigest(blocked.release)} is blocked`}
          by={blocked.by}
          since={blocked.at}
          reason={blocked.reason}
          until={null}
        />
      )}
      {taints.map(({ id, why, findings, since }) => (
        <p key={id} className="rule">
          <StateMark tone="degraded">tainted</StateMark> {why === 'dev' ? 'by ' : 'by hand: '}
          <Written>{findings.join(', ')}</Written>, <Moment time={since} />
        </p>
      ))}
      {glass.map(({ promotion, by, reason, at }) => (
        <p key={promotion} className="rule">
          <StateMark tone="degraded">glass broken</StateMark> <ByWhom by={by} at={at} reason={reason} />
        </p>
      ))}
    </>
  );
}

interface RuleProps {
  readonly word: ReactNode;
  readonly by: string;
  /** Absent: that is not on record. */
  readonly since: string | undefined;
  readonly reason: string;
  /** Null: it does not end by itself. */
  readonly until: string | null;
  /** What ends it. */
  readonly end?: Act;
}

const Rule = ({ word, by, since, reason, until, end }: RuleProps) => (
  <div className="rule">
    <p>
      <StateMark tone="degraded">{word}</StateMark> <ByWhom by={by} at={since} reason={reason} />
      {until && (
        <>
          , ends <Moment time={until} />
        </>
      )}
    </p>
    {end && <ActButton act={end} />}
  </div>
);
