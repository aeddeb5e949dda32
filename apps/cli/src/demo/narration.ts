import { count, duration, instant, short } from '@soundbite/reports/text.ts';
import type { Visits } from './visitor.ts';

/** All that a demo says of its own, in the order in which it is said. Short sentences, one idea each. */
export const narration = {
  upFirst: 'Nothing runs here yet. The demo brings it up first, as soundbite up does.',
  leftBefore: (environment: string, began: string) =>
    `A demo that began at ${instant(began)} was cut short. What it left in ${environment} is put back first.`,
  begins: (environment: string, release: string) =>
    `${environment} has release ${short(release)}. All that follows happens there, for real, on an emulated account.`,

  use: (environment: string) => `1. What a user does, in ${environment}`,

  stopped: '2. A release that is broken on purpose',
  cuts: (subject: string) => `A scratch copy of the service gets one commit: “${subject}”. A release is cut from it.`,
  visits: (url: string) => `A client asks ${url} all the while. Its count stands below.`,
  promotes: (release: string, environment: string) =>
    `${short(release)} is promoted into ${environment}. Nobody is sent to it yet.`,
  smokeSaysNo: 'Its smoke tried it, and says no.',
  noneSaw: 'It was stopped before it had any traffic.',

  bad: '3. A release that goes bad under traffic',
  smokeSaysYes: 'Its smoke finds nothing: it breaks only when it is used.',
  allTraffic: 'All users are on it now.',
  watchSaysNo: 'The watch saw their errors, and says no.',
  backByItself: (release: string, { badSeconds }: Visits) =>
    `${short(release)} is back by itself. Users met errors for ${duration(badSeconds)}, and none since.`,

  rollback: '4. A rollback',
  good: 'It is fine. Somebody wants the old one back all the same:',
  rolledBack: (release: string, seconds: number) =>
    `${short(release)} is live again after ${duration(seconds)}, and no request failed.`,

  cleanUp: 'Cleaning up',
  interrupted: 'Stopped. What the demo changed is put back; Ctrl-C again leaves that to the next demo.',
  left: 'Stopped. What the demo changed is put back.',
  aborts: (environment: string) => `What waits for ${environment} is stopped.`,
  goesBack: (environment: string, release: string) => `${environment} goes back to ${short(release)}.`,
  restores: (environment: string, release: string) =>
    `${environment} gets the template of ${short(release)} again: each promotion had deployed its own.`,
  waitsFor: (environment: string) => `${environment} is on its way back already.`,
  letsPass: (environment: string) => `Somebody else promotes into ${environment}. That goes on to its end first.`,
  resumes: (environment: string) => `The hold is ended that the rollback left on ${environment}.`,
  removes: (release: string) => `Release ${short(release)} is removed.`,
  clean: (environment: string, release: string) =>
    `${environment} has ${short(release)}, as before. History and ledger keep what happened.`,
  nothingLeft: 'No demo has left anything here.',

  ended: (seconds: number) =>
    `\nThat was SoundBite, in ${duration(seconds)}.\nSee it: soundbite open. What happened: soundbite history.`,
} as const;

/** `  client: 212 requests, 0 failed · 89 by 0123456789ab, 123 by 456789abcdef` */
export function visitLine({ requests, failed, byRelease }: Visits): string {
  const by = [...byRelease].map(([release, times]) => `${times} by ${short(release)}`).join(', ');
  return `  client: ${count(requests, 'request')}, ${failed} failed${by && ` · ${by}`}`;
}
