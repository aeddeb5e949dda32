/** What an event may be about: a promotion, an environment, a release, or what acts on an environment. */
export const eventKinds = [
  'promotion',
  'environment',
  'release',
  'lock',
  'freeze',
  'hold',
  'approval',
  'taint',
] as const;
export type EventKind = (typeof eventKinds)[number];
