import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, type Digest, digestOf, SoundBiteError } from '@soundbite/model';
import type * as schemas from '../schemas.ts';

/** The error of something that is not there: an environment, a release, a promotion. */
export const unknownError = (what: 'environment' | 'promotion' | 'release' | 'session', name: string) =>
  new SoundBiteError(`${what}-unknown`, `there is no ${what} ${name}`, {
    hint: `soundbite ${what} list`,
  });

/** The store that homes share, in memory; `holds` are digests. `problem`: it does not answer. */
interface FakeStore {
  readonly address: string;
  readonly holds: Set<string>;
  problem: schemas.SharedStore['problem'];
}

/** The releases of the fake for these environments, newest first. `liveIn` names those where one is live, `useOf` what keeps one in the store, `blockOf` who blocked it last. */
export function fakeReleases(
  names: readonly string[],
  liveIn: (release: Digest) => string[],
  useOf: (release: Digest) => string | null,
  blockOf: (release: Digest) => Block | null,
) {
  const blockedBy = (release: Digest) => {
    const block = blockOf(release);
    return block?.blocked ? block : null;
  };
  let all: schemas.ReleaseSummary[] = [];
  const fake = {
    addRelease(release: Digest): schemas.ReleaseSummary {
      const summary = {
        release,
        commit: 'c'.repeat(40),
        committedAt: '2026-01-02T03:04:05Z',
        dirty: false,
        environments: [],
        here: true,
        shared: null,
        blocked: null,
      };
      all.unshift(summary);
      return summary;
    },
    releaseList: (): schemas.ReleaseList => ({
      releases: all.map((one) => ({
        ...one,
        environments: liveIn(one.release),
        blocked: blockedBy(one.release),
        shared: fake.sharing.store ? fake.sharing.store.holds.has(one.release) : null,
      })),
      shared: fake.sharing.store && { address: fake.sharing.store.address, problem: fake.sharing.store.problem },
    }),
    release(digest: string): schemas.ReleaseView {
      const found = fake.releaseList().releases.find((one) => one.release === digest);
      if (!found) throw unknownError('release', digest);
      return {
        release: found.release,
        path: found.here ? `/releases/${digest.slice(7)}` : null,
        shared: fake.copyOf(found.release),
        manifest: {
          environments: [...names],
          files: [{ path: 'service.zip', sha256: 'a'.repeat(64), bytes: 2_500_000 }],
        },
        provenance: {
          commit: found.commit,
          committedAt: found.committedAt,
          dirty: found.dirty,
          inputs: found.release,
          tools: { node: '24.21.0' },
        },
        live: found.environments,
        blocked: found.blocked,
        cuts: fake.cuts.filter((cut) => cut.release === digest),
      };
    },
    /** Of all its releases. */
    made: [
      { name: 'left-pad', version: '1.3.0', license: 'WTFPL', purl: 'pkg:npm/left-pad@1.3.0' },
    ] as schemas.ComponentList['components'],
    components(digest: string): schemas.ComponentList {
      if (fake.release(digest).path === null) return { components: null, missing: 'elsewhere' };
      return { components: fake.made, missing: fake.made === null ? 'none' : null };
    },
    verify(digest: string): schemas.VerifyResult {
      const { release } = fake.release(digest);
      const { problem } = fake.imageEngine;
      const environments = problem ? [] : names.map((environment) => fake.lookAtImage(release, environment));
      return {
        ...{ release, files: 12, images: { problem, environments } },
        ok: environments.every(({ state }) => state !== 'altered'),
      };
    },
    /** The engine's images by their tags: whether each is still what was made. `imageEngine`: why it cannot be looked at. */
    images: new Map<string, 'proven' | 'altered'>(),
    imageEngine: { problem: null as schemas.SharedStore['problem'] },
    lookAtImage(release: Digest, environment: string) {
      const tag = imageTagOf(release, environment);
      const state: 'proven' | 'altered' | 'absent' = fake.images.get(tag) ?? 'absent';
      const hint = `soundbite release image ${environment} --release ${release.slice(7, 19)} makes it anew`;
      const problem = {
        code: 'image-altered',
        message: `${tag} is not what ${release.slice(7, 19)} says: it was forged`,
        hint,
      };
      return {
        ...{ environment, tag, state, id: state === 'proven' ? imageId : null },
        problem: state === 'altered' ? problem : null,
      };
    },
    makeImage(digest: string, environment: string): schemas.ImageResult {
      const { release } = fake.release(digest);
      if (!names.includes(environment)) throw unknownError('environment', environment);
      const { problem } = fake.imageEngine;
      if (problem) throw new SoundBiteError('engine-down', problem.message);
      const tag = imageTagOf(release, environment);
      const before = fake.images.get(tag);
      fake.images.set(tag, 'proven');
      return {
        ...{ release, environment, tag, id: imageId, size: 120_000_000, made: before !== 'proven' },
        application: { tag: imageTagOf(release), layer: `sha256:${'1'.repeat(64)}`, size: 19_400_000 },
        putRight: before === 'altered' ? [`${tag} was another image; it is the release's again`] : [],
        runtime: 'process',
      };
    },
    /** Null: homes share no releases. */
    sharing: { store: null as FakeStore | null },
    copyOf(release: Digest): schemas.SharedCopy | null {
      if (!fake.sharing.store) return null;
      const { address, holds, problem } = fake.sharing.store;
      return { address: `${address}/${release.slice(7)}`, holds: problem ? null : holds.has(release), problem };
    },
    shareCut(release: Digest): schemas.SharedCopy | null {
      if (fake.sharing.store && !fake.sharing.store.problem) fake.sharing.store.holds.add(release);
      return fake.copyOf(release);
    },
    push(digest: string): schemas.PushResult {
      if (!fake.sharing.store) throw new SoundBiteError('release-store-unusable', 'no shared release store is set');
      const { release } = fake.release(digest);
      if (fake.sharing.store.problem)
        throw new SoundBiteError('release-store-down', fake.sharing.store.problem.message);
      const put = fake.sharing.store.holds.has(release) ? 0 : 12;
      fake.sharing.store.holds.add(release);
      return { release, address: `${fake.sharing.store.address}/${release.slice(7)}`, put };
    },
    /** Where releases were cut, newest first. */
    cuts: [] as (schemas.ReleaseView['cuts'][number] & { readonly release: Digest })[],
    /** Releases of which only the directory is left. */
    unreadable: new Set<string>(),
    remove(digest: string): schemas.RemoveResult {
      if (!fake.unreadable.delete(digest)) {
        const use = useOf(fake.release(digest).release);
        if (use) throw new SoundBiteError('release-in-use', `${digest} ${use}`);
      }
      all = all.filter(({ release }) => release !== digest);
      return { release: digest as Digest, removed: true, shared: fake.copyOf(digest as Digest) };
    },
    /** Cuts `sha256:eee…`, and of a source with commits of its own one by its last commit: created the first time. `source` is remembered as the path. */
    cut(
      source = '/repository',
      { actor = 'local', ci = null, labels = {} }: Partial<schemas.CutRequest> & { readonly actor?: string } = {},
    ): schemas.CutResult {
      const own = commitOf(source);
      const release = own === null ? (`sha256:${'e'.repeat(64)}` as const) : digestOf(own);
      const commit = own ?? 'c'.repeat(40);
      const created = !all.some((one) => one.release === release);
      if (created) Object.assign(fake.addRelease(release), { commit });
      if (ci || Object.keys(labels).length > 0)
        fake.cuts.unshift({ release, at: '2026-01-02T03:04:05Z', by: actor, ci, labels });
      return {
        release,
        path: `${source}/.soundbite/releases/${release.slice(7)}`,
        commit,
        dirty: false,
        uncommitted: [],
        created,
        shared: fake.shareCut(release),
      };
    },
  };
  return fake;
}

const imageId = `sha256:${'2'.repeat(64)}`;
const imageTagOf = (release: Digest, environment?: string): string =>
  `soundbite-soundbite:${release.slice(7, 19)}${environment === undefined ? '' : `-${environment}`}`;

/** The commit of a repository that has just one branch and no packed references; null: it is none. */
function commitOf(source: string): string | null {
  try {
    const [, reference = ''] = /^ref: (.*)$/m.exec(readFileSync(join(source, '.git/HEAD'), 'utf8')) ?? [];
    return readFileSync(join(source, '.git', reference), 'utf8').trim();
  } catch {
    return null;
  }
}
