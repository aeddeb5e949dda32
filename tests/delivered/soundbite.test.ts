import { describe } from 'vitest';
import { soundbite } from '../support/described/soundbite.ts';
import { serviceJourney, stageOf } from '../support/service-journey.ts';

describe(soundbite.is, () => {
  serviceJourney(soundbite, stageOf(soundbite));
});
