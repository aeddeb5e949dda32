import type { Diff, DiffQuery } from '@soundbite/client';
import {
  type Crossed,
  type Digest,
  type Environment,
  gateDifferences,
  type Release,
  resourceChanges,
  resourceName,
  SoundBiteError,
  settingDifferences,
  settingName,
  shortDigest,
  toErrorDocument,
  withCauses,
} from '@soundbite/model';
import { commitsApart, mostCommits } from './commits.ts';
import { NotComparable } from './not-comparable.ts';
import { overAt } from './records-seen.ts';
import { releasedSettings } from './release-settings.ts';
import { foundAnywhere } from './releases.ts';
import { environmentStanding } from './undeclared.ts';
import type { World } from './world/world.ts';

/** What is compared, with all that is known of it. */
interface End {
  readonly name: string;
  readonly at: string | null;
  readonly digest: Digest | null;
  /** As it was declared; null: that was not recorded. */
  readonly environment: Environment | null;
  readonly provenance: Pick<Release['provenance'], 'commit' | 'dirty'> | null;
  /** With its files; or why they cannot be read. */
  readonly release: Release | string;
}

/** Two ends with a release each. */
type Pair = Readonly<Record<'from' | 'to', End & { readonly release: Release }>>;

/**
 * What differs between two environments, or between one and what it was. By records, releases and the repository's history: no account is asked. What cannot
 * be compared is said. Errors: `environment-unknown`, `usage` for a time that has not come.
 */
export async function diff(world: World, { from, fromAt, to, toAt }: DiffQuery): Promise<Diff> {
  for (const at of [fromAt, toAt]) if (at !== undefined) overAt(at);
  const ends = { from: await endOf(world, from, fromAt ?? null), to: await endOf(world, to, toAt ?? null) };
  const unknown: Diff['unknown'][number][] = [];
  const known = async <Part>(what: Diff['unknown'][number]['what'], compare: () => Promise<Part> | Part) => {
    try {
      return await compare();
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === null) throw error;
      unknown.push({ what, reason });
      return null;
    }
  };
  const commits = await known('commits', () => commitsIn(world, ends, unknown));
  const settings = await known('settings', () => settingsIn(withFiles(ends)));
  const resources = await known('resources', () => resourcesIn(world, withFiles(ends)));
  const gates = await known('gates', () => gatesIn(ends));
  return { from: shown(ends.from), to: shown(ends.to), commits, settings, resources, gates, unknown };
}

async function endOf(world: World, name: string, at: string | null): Promise<End> {
  const standing = await environmentStanding(world, name);
  const { records } = world.engine;
  const then = at === null ? null : await records.liveAt(name, overAt(at));
  const digest = at === null ? (await records.environment(name)).liveRelease : (then?.release ?? null);
  const environment = at === null ? standing : (then?.environment ?? null);
  const end = { name, at, digest, environment };
  if (digest === null)
    return { ...end, provenance: null, release: `nothing ${at === null ? 'is' : 'was'} live in ${titled(end)}` };
  try {
    const release = await world.releases.get(digest);
    return { ...end, provenance: release.provenance, release };
  } catch (error) {
    const found = await foundAnywhere(world, digest).catch(() => null);
    return { ...end, provenance: found?.provenance ?? null, release: toErrorDocument(error).message };
  }
}

const titled = ({ name, at }: Pick<End, 'name' | 'at'>): string => (at === null ? name : `${name} at ${at}`);

const shown = ({ name, at, digest, provenance }: End): Diff['from'] => ({
  environment: name,
  at,
  release: digest,
  commit: provenance?.commit ?? null,
  dirty: provenance?.dirty ?? false,
});

/** Why something could not be read; null: that is no matter of reading. */
function reasonOf(error: unknown): string | null {
  const isFile = error instanceof Error && 'errno' in error;
  return isFile || error instanceof NotComparable || error instanceof SoundBiteError ? error.message : null;
}

async function commitsIn(
  { config }: World,
  { from, to }: Readonly<Record<'from' | 'to', End>>,
  unknown: Diff['unknown'],
): Promise<Diff['commits']> {
  const missing = [from, to].find(({ provenance }) => provenance === null);
  if (!from.provenance || !to.provenance)
    throw new NotComparable(typeof missing?.release === 'string' ? missing.release : '');
  const { commits, most } = await commitsApart(config.root, from.provenance.commit, to.provenance.commit);
  if (most) unknown.push({ what: 'commits', reason: `there are more than ${mostCommits}; these are the newest` });
  for (const { digest, provenance } of from.digest === to.digest ? [] : [from, to])
    if (digest && provenance?.dirty)
      unknown.push({ what: 'commits', reason: `${shortDigest(digest)} was cut with changes that no commit has` });
  return [...commits];
}

function withFiles(ends: Readonly<Record<'from' | 'to', End>>): Pair {
  for (const { release } of [ends.from, ends.to]) if (typeof release === 'string') throw new NotComparable(release);
  return ends as Pair;
}

async function settingsIn(pair: Pair): Promise<Diff['settings']> {
  const crossed = await crossedOver(pair, ({ release }, name) => {
    if (!release.manifest.environments.includes(name))
      throw new NotComparable(`${shortDigest(release.digest)} has nothing for ${name}`);
    return releasedSettings(release, name);
  });
  return withCauses(crossed, settingDifferences, settingName);
}

async function resourcesIn(world: World, pair: Pair): Promise<Diff['resources']> {
  const crossed = await crossedOver(pair, ({ release }, name) => world.template(release.digest, name));
  return withCauses(crossed, resourceChanges, resourceName);
}

/** What each has, and what the second would have where the first is. */
async function crossedOver(
  { from, to }: Pair,
  read: (end: Pair['from'], name: string) => Promise<unknown>,
): Promise<Crossed<unknown>> {
  const hasThere = to.release.manifest.environments.includes(from.name);
  return {
    from: await read(from, from.name),
    to: await read(to, to.name),
    toThere: hasThere ? await read(to, from.name) : undefined,
  };
}

function gatesIn(ends: Readonly<Record<'from' | 'to', End>>): Diff['gates'] {
  const [from, to] = [ends.from, ends.to].map((end) => {
    if (!end.environment) throw new NotComparable(`how ${titled(end)} was declared is not on record`);
    return end.environment;
  }) as [Environment, Environment];
  return gateDifferences(from, to);
}
