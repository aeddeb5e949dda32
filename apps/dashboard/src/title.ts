import { shortDigest } from '@soundbite/model/short-digest.ts';
import type { Route } from './route.ts';

const nouns = {
  environments: 'Environments',
  releases: 'Releases',
  approvals: 'Approvals',
  freezes: 'Freezes',
  ledger: 'Ledger',
  people: 'People',
} as const;

/** What a tab, a bookmark and a screen reader call what is shown: `staging · SoundBite`. Null: nothing is at this address. */
export function titleOf(route: Route | null): string {
  const what = route && `${nameOf(route)}${route.at === undefined ? '' : `, as it was at ${route.at}`}`;
  return what === null ? 'SoundBite' : `${what} · SoundBite`;
}

function nameOf(route: Route): string {
  if (route.screen === 'environment') return route.name;
  if (route.screen === 'release') return `Release ${shortDigest(route.release)}`;
  if (route.screen === 'promotion') return `Promotion ${route.id.slice(0, 8)}`;
  return nouns[route.screen];
}
