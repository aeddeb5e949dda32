import type { EvidenceView } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import { LongList } from '../../parts/long-list.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Problem } from '../../parts/problem.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { counted } from '../../parts/text.ts';
import { Unfolded } from '../../parts/unfolded.tsx';
import { WebLink } from '../../parts/web-link.tsx';
import { Written } from '../../parts/written.tsx';
import { useEvidence } from '../../state.ts';

/** What was brought as evidence of a release, newest first. */
export function BroughtEvidence({ release }: { readonly release: Digest }) {
  const { data, error } = useEvidence(release);
  return (
    <section>
      <h2>Evidence</h2>
      {error && <Problem error={error} what="Its evidence cannot be read" />}
      {data?.evidence.length === 0 && (
        <p className="dim">
          None was brought: <code>soundbite evidence add {shortDigest(release)} --kind tests &lt;file&gt;</code>
        </p>
      )}
      {data && data.evidence.length > 0 && (
        <LongList all={data.evidence}>{(one) => <Brought key={one.id} one={one} />}</LongList>
      )}
    </section>
  );
}

const Brought = ({ one: { kind, verdict, digest, by, at, newest, url, facts } }: { readonly one: EvidenceView }) => (
  <li className="row">
    <StateMark tone={verdict === 'pass' ? 'healthy' : 'down'}>{verdict}</StateMark>
    <div>
      <p>
        <strong>
          <Written>{kind}</Written>
        </strong>{' '}
        <code title={digest}>{shortDigest(digest)}</code> by <Written>{by}</Written> <Moment time={at} />
        <span className="dim">{newest ? ', the newest of its kind: it counts' : ', replaced: a newer one counts'}</span>
        {url && (
          <>
            {' '}
            <WebLink url={url}>{url}</WebLink>
          </>
        )}
      </p>
      {facts.length > 0 && (
        <Unfolded summary={counted(facts.length, 'fact')}>
          {() => (
            <LongList all={facts.map((fact, place) => ({ ...fact, place }))}>
              {({ name, ok, detail, place }) => (
                <li key={place} className="row">
                  <StateMark tone={ok ? 'healthy' : 'down'}>{ok ? 'right' : 'wrong'}</StateMark>
                  <span>
                    <Written>{name}</Written>
                    {detail && (
                      <span className="dim">
                        {' '}
                        <Written most={1000}>{detail}</Written>
                      </span>
                    )}
                  </span>
                </li>
              )}
            </LongList>
          )}
        </Unfolded>
      )}
    </div>
  </li>
);
