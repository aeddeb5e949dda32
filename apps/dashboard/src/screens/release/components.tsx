import type { Digest } from '@soundbite/model/digest.ts';
import { useState } from 'react';
import { LongList } from '../../parts/long-list.tsx';
import { Problem } from '../../parts/problem.tsx';
import { counted } from '../../parts/text.ts';
import { Unfolded } from '../../parts/unfolded.tsx';
import { Written } from '../../parts/written.tsx';
import { useComponents } from '../../state.ts';

/** The packages of which a release is made, read when somebody wants to see them. */
export const Components = ({ release }: { readonly release: Digest }) => (
  <section>
    <h2>Made of</h2>
    <Unfolded name="packages" summary="Packages, by its SBOM">
      {() => <Listed release={release} />}
    </Unfolded>
  </section>
);

const missingText = {
  none: 'Its service is of no packages: there is no SBOM.',
  elsewhere: 'This home does not have it: its SBOM is in the shared store.',
};

function Listed({ release }: { readonly release: Digest }) {
  const { data, error } = useComponents(release);
  const [wanted, setWanted] = useState('');
  if (error) return <Problem error={error} what="Its SBOM cannot be read" />;
  if (!data) return <p className="dim">Reading its SBOM…</p>;
  if (data.components === null) return <p>{missingText[data.missing ?? 'none']}</p>;
  const said = wanted.trim().toLowerCase();
  const all = data.components.filter((one) =>
    [one.name, one.version, one.license].some((text) => text?.toLowerCase().includes(said)),
  );
  return (
    <>
      <search className="finder">
        <input
          type="search"
          aria-label="Find a package, a version or a license"
          placeholder="Package, version, license"
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
        />
        <output className="dim">{counted(all.length, 'package')}</output>
      </search>
      <LongList all={all}>
        {({ name, version, license, purl }) => (
          <li key={purl ?? `${name} ${version}`} className="file">
            <Written>{name}</Written>
            <span className="number">{version}</span>
            <span className="dim">
              <Written>{license ?? 'no license said'}</Written>
            </span>
          </li>
        )}
      </LongList>
    </>
  );
}
