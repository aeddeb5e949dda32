import { audioObjects, listedTexts } from './facts.ts';
import { eventually, type Place, type Stage } from './stage.ts';
import { type Accepted, untilReady } from './traffic.ts';

/** An emulated account comes back as it was at most a second before its death; a snapshot takes a moment, too (ms). */
const forgivenMs = 2500;

/**
 * Jobs that a worker has in hand at once. An emulated bucket keeps what its account forgot with that last second: each making has an object of its
 * own, so one that was forgotten leaves an object that no record names (the bucket's lifecycle removes it).
 */
const inHand = 4;

/**
 * Every accepted soundbite is ready, stands in the list once, and has one object beside those of forgotten makings; and only what was accepted in the last moment before an
 * account's death was ever forgotten.
 */
export async function soundbiteProblems(
  stage: Stage,
  place: Place,
  accepted: readonly Accepted[],
  objectsBefore: number,
  accountKills: readonly number[],
): Promise<string[]> {
  const notReady = await untilReady(place.url, accepted);
  const listed = await eventually('the list', () => listedTexts(place));
  const counts = accepted.map(({ text }) => ({ text, count: listed.get(text) ?? 0 }));
  const objects = (await eventually('the objects', () => audioObjects(stage, place))) - objectsBefore;
  const forgotten = objects - accepted.length;
  const early = accepted.flatMap(({ text, forgotten: times }) =>
    times
      .filter((at) => !accountKills.some((killed) => at > killed - forgivenMs && at <= killed + forgivenMs))
      .map((at) => `"${text}", accepted at ${new Date(at).toISOString()}, was forgotten`),
  );
  return [
    ...notReady,
    ...early,
    ...counts
      .filter(({ count }) => count !== 1)
      .map(({ text, count }) => `"${text}" stands in the list ${count} times`),
    ...(forgotten >= 0 && forgotten <= inHand * accountKills.length
      ? []
      : [`${objects} audio objects were made for ${accepted.length} texts`]),
  ].map((problem) => `${place.name}: ${problem}`);
}
