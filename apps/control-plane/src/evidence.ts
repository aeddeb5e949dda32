import type { EvidenceList, EvidenceQuery, EvidenceView, Timeline } from '@soundbite/client';
import { readEvidence } from '@soundbite/evidence';
import { countsAsEvidence, type Digest, evidenceThatCounts, SoundBiteError } from '@soundbite/model';
import type { By } from './by.ts';
import { foundAnywhere } from './releases.ts';
import type { World } from './world/world.ts';

/**
 * Keeps a file that somebody brings as evidence of a release, and what it says. What cannot be read is not kept.
 * Errors: `evidence-unreadable`, `release-unknown`, those of the shared store.
 */
export async function addEvidence(
  world: World,
  release: Digest,
  { kind, format, url, actor }: By<EvidenceQuery>,
  file: Uint8Array,
): Promise<EvidenceView> {
  const reading = readEvidence(file, format);
  const { records } = world.engine;
  if (!(await records.isKnownRelease(release))) await foundAnywhere(world, release);
  return records.addEvidence({ ...reading, release, kind, url: url ?? null, by: actor, file });
}

/** Newest first; none of a release that nobody knows. */
export const listEvidence = async ({ engine }: World, release: Digest): Promise<EvidenceList> => ({
  evidence: await engine.records.evidenceOf(release),
});

/** Errors: `evidence-unknown`. */
export async function showEvidence({ engine }: World, id: string, withFile: boolean): Promise<EvidenceView> {
  const found = await engine.records.evidence(id);
  if (!found) throw new SoundBiteError('evidence-unknown', `there is no evidence ${id}`);
  const file = withFile ? await engine.records.evidenceFile(id) : null;
  return file ? { ...found, file: Buffer.from(file).toString('base64') } : found;
}

/** Of a release: what counted when a promotion of it was let in (ISO 8601; null: it was not, or nobody knows when), and what is the newest of its kind now. */
export async function evidenceBehind(
  { evidenceSaid, letInAs }: Pick<World['engine']['records'], 'evidenceSaid' | 'letInAs'>,
  release: Digest,
  letIn: { readonly promotion: string; readonly admittedAt: string | null } | null,
): Promise<Timeline['evidence']> {
  const [said, environment] = await Promise.all([evidenceSaid(release), letIn && letInAs(letIn.promotion)]);
  const counted = evidenceThatCounts(said, letIn?.admittedAt ?? null, countsAsEvidence(environment));
  return counted.map(({ saidFirst: _, ...one }) => one);
}
