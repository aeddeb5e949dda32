import type { CutFrom, Matrix, ReleaseView } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import { Go } from '../../navigation.tsx';
import { ByWhom } from '../../parts/by-whom.tsx';
import { subjectOf } from '../../parts/cut-line.tsx';
import { Moment } from '../../parts/moment.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Problem } from '../../parts/problem.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Written } from '../../parts/written.tsx';
import { useEvidence, useRelease, useWhereabouts } from '../../state.ts';
import { Blocking } from './blocking.tsx';
import { BroughtEvidence } from './brought-evidence.tsx';
import { Components } from './components.tsx';
import { Files } from './files.tsx';
import { CutFacts } from './provenance.tsx';
import { standingIn } from './standing-in.ts';
import { Whereabouts } from './whereabouts.tsx';

/** One release: what it is, where it has been and may go, on what evidence, from what it was made, and of what. */
export function ReleaseScreen({ release }: { readonly release: Digest }) {
  const { data, error } = useRelease(release);
  const where = useWhereabouts(release);
  // At once: what came later would push the rest away.
  const isComing = useEvidence(release).isPending || where.isPending;
  if (!data || isComing) return <NotYet title="Release" error={error} />;
  const cut = where.data?.releases[0]?.cut ?? null;
  const view = { ...data, ...standingIn(where.data, data) };
  return (
    <article className="sheet">
      <Head view={view} cut={cut} matrix={where.data} />
      {where.error && <Problem error={where.error} what="Where it has been cannot be told" />}
      {where.data && <Whereabouts matrix={where.data} view={view} />}
      <BroughtEvidence release={release} />
      <CutFacts view={data} author={cut?.author ?? null} />
      <Components release={release} />
      <Files manifest={data.manifest} />
    </article>
  );
}

interface HeadProps {
  readonly view: ReleaseView;
  readonly cut: CutFrom | null;
  readonly matrix: Matrix | undefined;
}

function Head({ view: { release, blocked, live, provenance }, cut, matrix }: HeadProps) {
  return (
    <header>
      <p className="dim">
        <Go to={{ screen: 'releases' }}>Releases</Go> / <code>{shortDigest(release)}</code>
      </p>
      <h1>
        <Written most={500}>{cut ? subjectOf(cut) : `Commit ${provenance.commit.slice(0, 12)}`}</Written>
      </h1>
      <p className="dim">
        {cut?.author && (
          <>
            <Written>{cut.author}</Written>,{' '}
          </>
        )}
        <Moment time={provenance.committedAt} />
        {provenance.dirty && ', with uncommitted changes'}
      </p>
      <p className="digest">
        <code>{release}</code>
      </p>
      <p>
        <StateMark tone={live.length > 0 ? 'healthy' : 'empty'}>
          {live.length > 0 ? `live in ${live.join(', ')}` : 'live nowhere'}
        </StateMark>
      </p>
      {blocked && (
        <p className="rule">
          <StateMark tone="degraded">blocked</StateMark> <ByWhom {...blocked} most={1000} />
        </p>
      )}
      {matrix && <Blocking release={release} isBlocked={blocked !== null} environments={matrix.environments} />}
    </header>
  );
}
