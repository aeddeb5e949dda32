import type { Digest } from '@soundbite/model/digest.ts';
import { useLayoutEffect } from 'react';
import { Go, goTo } from '../../navigation.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Written } from '../../parts/written.tsx';
import { releaseNamed } from '../../release-named.ts';
import { useReleaseList } from '../../state.ts';
import { ReleaseScreen } from './release.tsx';

/** The release that an address means: by its digest, or by the first digits that people copy. */
export function MeantRelease({ name }: { readonly name: string }) {
  const named = releaseNamed(name);
  if (named === null)
    return <Unmeant name={name} why="A release is named by its digest, or its first 4 digits or more." />;
  if ('digest' in named) return <ReleaseScreen release={named.digest} />;
  return <ByDigits key={name} name={name} digits={named.digits} />;
}

function ByDigits({ name, digits }: { readonly name: string; readonly digits: string }) {
  const { data, error } = useReleaseList();
  const found = data?.releases.map(({ release }) => release).filter((one) => one.startsWith(`sha256:${digits}`)) ?? [];
  const only = found.length === 1 ? found[0] : undefined;
  // In the place of the short one: Back leads to where the reader came from.
  useLayoutEffect(() => {
    if (only) goTo({ screen: 'release', release: only }, true);
  }, [only]);
  if (!data || only) return <NotYet title="Release" error={error} />;
  if (found.length > 0) return <Several name={name} found={found} />;
  const unseen = data.shared?.problem;
  return <Unmeant name={name} why={unseen && `It may be in the store that homes share: ${unseen.message}.`} />;
}

const Several = ({ name, found }: { readonly name: string; readonly found: readonly Digest[] }) => (
  <>
    <h1>
      Several releases begin with <Written>{name}</Written>
    </h1>
    <ul>
      {found.map((release) => (
        <li key={release}>
          <Go to={{ screen: 'release', release }}>
            <code>{release}</code>
          </Go>
        </li>
      ))}
    </ul>
  </>
);

const Unmeant = ({ name, why }: { readonly name: string; readonly why: string | null | undefined }) => (
  <>
    <h1>
      There is no release <Written>{name}</Written>
    </h1>
    {why && (
      <p>
        <Written most={1000}>{why}</Written>
      </p>
    )}
    <p>
      <Go to={{ screen: 'releases' }}>All releases</Go>
    </p>
  </>
);
