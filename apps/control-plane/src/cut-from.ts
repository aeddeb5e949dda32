import type { CutFrom } from '@soundbite/client';
import type { CommitText, Digest } from '@soundbite/model';
import { commitText } from './commits.ts';
import { saidOnce } from './said-once.ts';
import { unlessRefused } from './unless-refused.ts';
import type { World } from './world/world.ts';

const texts = saidOnce<CommitText>();

/** From what a release was cut; null: there is none, or this home does not have it. A look fetches no release. */
export async function cutFrom(
  world: Pick<World, 'ownReleases' | 'config' | 'engine'>,
  digest: Digest | null,
): Promise<CutFrom | null> {
  const release = digest && (await unlessRefused(world.ownReleases.get(digest)));
  if (!release) return null;
  const { commit, committedAt, dirty } = release.provenance;
  const { subject, author } = (await texts.of(commit, () => read(world, commit))) ?? { subject: null, author: null };
  return { commit, subject, author, committedAt, dirty };
}

/** As whoever cut it recorded it; releases from before that are told by this home's repository, if it has the commit. */
const read = async ({ engine, config }: Pick<World, 'config' | 'engine'>, commit: string): Promise<CommitText | null> =>
  (await engine.records.commitText(commit)) ?? (await commitText(config.root, commit));

/** Keeps what a commit says of itself where a release of it was cut, in the repository in `source`: no other may have it. */
export async function recordCommit({ engine }: Pick<World, 'engine'>, source: string, commit: string): Promise<void> {
  const text = await commitText(source, commit);
  if (text === null) return;
  await engine.records.recordCommit(commit, text);
  texts.told(commit, text);
}
