import type { Matrix } from '@soundbite/client';
import { type CSSProperties, memo } from 'react';
import { Blocks } from '../../parts/blocks.tsx';
import { ByWhom } from '../../parts/by-whom.tsx';
import { CommandText } from '../../parts/command-text.tsx';
import { CutLine, subjectOf } from '../../parts/cut-line.tsx';
import { More } from '../../parts/more.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { ReleaseState } from '../../parts/release-state.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { counted } from '../../parts/text.ts';
import { Written } from '../../parts/written.tsx';
import { useMatrix } from '../../state.ts';

/** Releases, newest first, and what became of each in each environment. */
export function ReleasesScreen() {
  const { data, error, left } = useMatrix();
  if (!data) return <NotYet title="Releases" error={error} />;
  const environments = data.pages[0]?.environments ?? [];
  const releases = data.pages.flatMap((page) => page.releases);
  return (
    <>
      <h1>Releases</h1>
      {releases.length === 0 && <NoRelease />}
      {releases.length > 0 && <Table environments={environments} releases={releases} />}
      {releases.length > 0 && <More left={left} shown={counted(releases.length, 'release')} />}
    </>
  );
}

const NoRelease = () => (
  <div className="nothing">
    <p>No release was cut yet. This cuts the first one, of what is committed or not, and promotes nothing:</p>
    <CommandText text="soundbite release cut" />
  </div>
);

type Row = Matrix['releases'][number];

const Table = ({
  environments,
  releases,
}: {
  readonly environments: readonly string[];
  readonly releases: readonly Row[];
}) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by the keyboard, too.
  <section className="scrolls" aria-label="Releases and environments" tabIndex={0}>
    <table className="matrix releases" style={{ '--columns': environments.length } as CSSProperties}>
      <thead>
        <tr>
          <th scope="col">Release</th>
          {environments.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <Blocks as="tbody" all={releases} keyOf={({ release }) => release} columns={environments.length}>
        {(row) => <ReleaseRow key={row.release} row={row} environments={environments} />}
      </Blocks>
    </table>
  </section>
);

/** Drawn anew only where it changed. */
const ReleaseRow = memo(({ row, environments }: { readonly row: Row; readonly environments: readonly string[] }) => (
  <tr>
    <Name row={row} />
    {environments.map((name, index) => (
      <td key={name} data-column={name}>
        <ReleaseState row={row} environment={name} before={environments[index - 1]} />
      </td>
    ))}
  </tr>
));

const Name = ({ row: { release, cut, blocked } }: { readonly row: Row }) => (
  <th scope="row">
    {cut && (
      <span className="subject">
        <Written>{subjectOf(cut)}</Written>
      </span>
    )}
    <span className="dim">
      <CutLine release={release} cut={cut} />
    </span>
    {blocked && (
      <span className="rule">
        <StateMark tone="degraded">blocked</StateMark> <ByWhom {...blocked} />
      </span>
    )}
  </th>
);
