import { type AudioNames, type AudioObject, audioNames, audioObjects, listedTexts } from './facts/observed.ts';
import { type ChaosPlace, type ChaosStage, eventually } from './stage.ts';
import { type Accepted, untilReady } from './traffic.ts';

/** An emulated account comes back as it was at most a second before its death; a snapshot takes a moment, too (ms). */
const forgivenMs = 2500;
/** What it answered last is heard a moment after its death (ms). */
const answerMs = 1000;

/**
 * Every accepted soundbite is ready, stands in the list once and has its object; every other object is one whose making an account forgot with
 * its last moment (the bucket keeps it, each making has one of its own, and the bucket's lifecycle removes it). Only what was accepted in such a
 * moment was ever forgotten itself. `since` (ms since 1970): what was stored before is not ours to judge.
 */
export async function soundbiteProblems(
  stage: ChaosStage,
  place: ChaosPlace,
  accepted: readonly Accepted[],
  { since, accountKills }: { readonly since: number; readonly accountKills: readonly number[] },
): Promise<string[]> {
  const notReady = await untilReady(place.url, accepted);
  const listed = await eventually('the list', () => listedTexts(place));
  const counts = accepted.map(({ text }) => ({ text, count: listed.get(text) ?? 0 }));
  const isForgiven = (at: number) => accountKills.some((killed) => at > killed - forgivenMs && at <= killed + answerMs);
  const early = accepted.flatMap(({ text, forgotten: times }) =>
    times
      .filter((at) => !isForgiven(at))
      .map((at) => `"${text}", accepted at ${new Date(at).toISOString()}, was forgotten`),
  );
  return [
    ...notReady,
    ...early,
    ...counts
      .filter(({ count }) => count !== 1)
      .map(({ text, count }) => `"${text}" stands in the list ${count} times`),
    ...objectProblems(
      await eventually('the records of audio', () => audioNames(stage, place)),
      await eventually('the objects', () => audioObjects(stage, place)),
      (at) => at < since || isForgiven(at),
    ),
  ].map((problem) => `${place.name}: ${problem}`);
}

function objectProblems(
  { played, swept }: AudioNames,
  objects: readonly AudioObject[],
  isForgiven: (at: number) => boolean,
): string[] {
  const stored = new Set(objects.map(({ key }) => key));
  const isNamed = ({ key }: AudioObject) => played.has(key) || swept.has(key.slice(0, key.lastIndexOf('/') + 1));
  return [
    ...[...played].filter((key) => !stored.has(key)).map((key) => `${key} is to be played, and is not there`),
    ...objects
      .filter((one) => !isNamed(one) && !isForgiven(one.at))
      .map(({ key, at }) => `${key} of ${new Date(at).toISOString()} is named by no record`),
  ];
}
