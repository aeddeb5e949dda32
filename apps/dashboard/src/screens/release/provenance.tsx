import type { ReleaseView } from '@soundbite/client';
import type { ReactNode } from 'react';
import { LongList } from '../../parts/long-list.tsx';
import { Moment } from '../../parts/moment.tsx';
import { counted } from '../../parts/text.ts';
import { Unfolded } from '../../parts/unfolded.tsx';
import { WebLink } from '../../parts/web-link.tsx';
import { Written } from '../../parts/written.tsx';

interface CutFactsProps {
  readonly view: ReleaseView;
  /** Who wrote the commit; null: that is not known here. */
  readonly author: string | null;
}

/** From what a release was made, with what, and where it was cut. */
export function CutFacts({ view: { provenance, manifest, shared, path, cuts }, author }: CutFactsProps) {
  const { commit, committedAt, dirty, uncommitted = [], inputs, tools, adopted } = provenance;
  return (
    <section>
      <h2>Provenance</h2>
      <dl className="facts">
        <Fact of="commit">
          <code>{commit}</code>
        </Fact>
        {author && (
          <Fact of="author">
            <Written>{author}</Written>
          </Fact>
        )}
        <Fact of="committed">
          <Moment time={committedAt} />
        </Fact>
        <Fact of="inputs">
          <code>{inputs}</code>
        </Fact>
        <Fact of="beside the commit">
          {dirty ? <Uncommitted all={uncommitted} /> : 'nothing: its inputs are the commit’s'}
        </Fact>
        <Fact of="made with">
          <Written>
            {Object.entries(tools)
              .map(([tool, version]) => `${tool} ${version}`)
              .join(', ')}
          </Written>
        </Fact>
        <Fact of="made for">{manifest.environments.join(', ')}</Fact>
        <Fact of="kept">{keptText(path, shared)}</Fact>
        {adopted && (
          <Fact of="adopted">
            from {adopted.stacks.join(', ')} in {adopted.account} {adopted.region}: it was not cut
          </Fact>
        )}
      </dl>
      {cuts.length > 0 && (
        <h3>Cut {cuts.length === 1 ? 'once' : `${cuts.length} times`}, as far as somebody said so</h3>
      )}
      {cuts.length > 0 && (
        <LongList all={cuts}>
          {(cut) => (
            <li key={`${cut.at} ${cut.by}`} className="row">
              <Moment time={cut.at} />
              <Cut cut={cut} />
            </li>
          )}
        </LongList>
      )}
    </section>
  );
}

const Fact = ({ of, children }: { readonly of: string; readonly children: ReactNode }) => (
  <>
    <dt>{of}</dt>
    <dd>{children}</dd>
  </>
);

const keptText = (path: string | null, shared: ReleaseView['shared']): string => {
  const own = path === null ? 'not in this home' : 'in this home';
  if (shared === null) return own;
  const there = shared.holds === null ? 'unknown whether in' : shared.holds ? 'in' : 'not in';
  return `${own}, ${there} the shared store${shared.problem ? ` (${shared.problem.message})` : ''}`;
};

function Uncommitted({ all }: { readonly all: NonNullable<ReleaseView['provenance']['uncommitted']> }) {
  if (all.length === 0) return <strong>uncommitted changes; which ones is not on record</strong>;
  return (
    <Unfolded summary={<strong>{counted(all.length, 'input')} that no commit has</strong>}>
      {() => (
        <LongList all={all}>
          {({ path, change }) => (
            <li key={path}>
              {change} <Written>{path}</Written>
            </li>
          )}
        </LongList>
      )}
    </Unfolded>
  );
}

/** Where it was cut and by whom, in the words of a CI or a team. */
const Cut = ({ cut: { by, ci, labels } }: { readonly cut: ReleaseView['cuts'][number] }) => (
  <span>
    by <Written>{by}</Written>
    {ci && (
      <>
        {' '}
        in {ci.system} <WebLink url={ci.url}>{`run ${ci.run}`}</WebLink>
        {[
          ['on', ci.branch],
          ['of pull request', ci.pullRequest],
          ['started by', ci.actor],
        ].map(
          ([what, said]) =>
            said && (
              <span key={what}>
                {' '}
                {what} <Written>{said}</Written>
              </span>
            ),
        )}
      </>
    )}
    {Object.entries(labels).map(([label, value]) => (
      <span key={label} className="label">
        <Written>{`${label}: ${value}`}</Written>
      </span>
    ))}
  </span>
);
