import type { Digest } from '@soundbite/model';
import { type Victim, victims } from './kill.ts';
import type { ChaosWish, Scenario } from './promotions.ts';
import type { Rotation } from './rotation.ts';
import { type Chance, seeded } from './seeded.ts';
import type { ChaosTrial, PlannedKill } from './trial.ts';
import type { Wait } from './waits.ts';

/** What a run kills, by the processes. */
export type Kills = Readonly<Record<Victim, number>>;

/** The victims in a random order. */
export const order = (kills: Kills, chance: Chance): Victim[] =>
  chance.shuffled(victims.flatMap((victim) => Array<Victim>(kills[victim]).fill(victim)));

/** What a home's trials are made of. */
export interface Dealt {
  readonly rotations: readonly Rotation[];
  readonly releases: { readonly wells: (rotation: Rotation) => readonly Digest[]; readonly refused: Digest };
  /** The share of promotions that wait first, and for what. */
  readonly waiting: number;
  readonly waits: readonly Wait[];
}

/** Takes the next victim, or two where the promotion waits first: one dies while it waits, one while it runs. */
export function nextTrial(
  { rotations, releases, waiting, waits }: Dealt,
  left: Victim[],
  number: number,
  chance: Chance,
): ChaosTrial & { readonly rotation: Rotation } {
  const rotation = chance.pick(rotations);
  const wish = wishFor(rotation, { wells: releases.wells(rotation), refused: releases.refused }, chance);
  const usual = rotation.usual[wish.scenario] ?? rotation.usual.promote;
  const killWithin = (ms: number): PlannedKill => ({
    victim: left.pop() as Victim,
    afterMs: Math.round(chance.number() * ms),
  });
  // Nobody asks about a rollback, and nobody says yes to what only an override brings in.
  const possible = waits.filter(
    (wait) => wish.scenario === 'promote' || (wait !== 'approval' && wish.scenario === 'refused'),
  );
  const waitsFirst = left.length > 1 && possible.length > 0 && chance.number() < waiting;
  return {
    ...{ number, rotation, place: rotation.place, wish, steps: usual.steps },
    waiting: waitsFirst
      ? { ...killWithin(waitedMs), wait: chance.pick(possible), chance: seeded(chance.number() * 2 ** 32) }
      : null,
    running: killWithin(usual.ms + (waitsFirst ? letGoMs : 0)),
  };
}

/** When in a wait, or in what people do to end it, something dies at the latest, in ms. */
const waitedMs = 1_000;
const letGoMs = 2_000;

/** Of ten three are rollbacks and, where a promotion is watched, three are refused. */
function wishFor(
  { place, live, previous, usual }: Rotation,
  { wells, refused }: { wells: readonly Digest[]; refused: Digest },
  chance: Chance,
): ChaosWish {
  const lot = chance.number();
  const scenario: Scenario = lot < 0.3 ? 'rollback' : lot < 0.6 && usual.refused ? 'refused' : 'promote';
  const releases: Readonly<Record<Scenario, readonly Digest[]>> = {
    rollback: [previous],
    refused: [refused],
    promote: wells.filter((one) => one !== live),
  };
  return { environment: place.name, scenario, release: chance.pick(releases[scenario]) };
}
