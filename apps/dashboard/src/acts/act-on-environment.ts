import type { AskerView } from '@soundbite/client';
import { ask } from '../api.ts';
import { presentTime } from '../parts/present.ts';
import { type Act, because, releaseOption, releaseShown, whyNot, whyOf } from './act.ts';

/** Of the environments behind one, in order, those into which the reader may go on: each up to the first where they may not. */
export function reachOf(asker: AskerView | undefined, later: readonly string[]): readonly string[] {
  const end = later.findIndex((name) => whyNot(asker, { action: 'deliver', environment: name }) !== null);
  return end < 0 ? later : later.slice(0, end);
}

/** From an environment on, each into the next, as far as is chosen; `later`: those behind it, in order, into which the reader may. */
export const toPromoteThrough = (environment: string, later: readonly string[]): Act => {
  const farthest = later.at(-1) ?? environment;
  return {
    verb: 'Promote through',
    title: `Promote into ${environment}, and on`,
    action: 'deliver',
    environment,
    reason: 'optional',
    isGrave: false,
    brings: { environment },
    question: { label: 'As far as', options: later.toReversed().map((name) => [name, name] as const) },
    command: (reason, through = farthest, shown) =>
      `soundbite promote ${environment}${releaseOption(shown)} --through ${through}${because(reason)}`,
    async perform(reason, idempotencyKey, through = farthest, shown) {
      const told = { ...releaseShown(shown), ...whyOf(reason) };
      const body = { environment, kind: 'promote', through, idempotencyKey, ...told } as const;
      const { promotion } = await ask('POST /v1/promotions', { body });
      return { screen: 'promotion', id: promotion };
    },
  };
};

/** How long a freeze may be, in hours. */
const spans = [
  ['1', 'an hour'],
  ['4', 'four hours'],
  ['24', 'a day'],
  ['72', 'three days'],
  ['168', 'a week'],
] as const;

/** `now`: ms since 1970. */
export const toFreeze = (environment: string, now: () => number = presentTime): Act => {
  const untilIn = (hours: string) => new Date(now() + Number(hours) * 3_600_000).toISOString();
  return {
    verb: 'Freeze',
    title: `Let nothing enter ${environment} for a time`,
    action: 'deliver',
    environment,
    reason: 'required',
    isGrave: false,
    brings: null,
    question: { label: 'For', options: spans },
    command: (reason, hours = '1') => `soundbite freeze add ${environment} --until ${hours}h${because(reason)}`,
    async perform(reason, idempotencyKey, hours = '1') {
      const body = { until: untilIn(hours), reason, idempotencyKey };
      await ask('POST /v1/environments/{name}/freezes', { path: { name: environment }, body });
      return null;
    },
  };
};

/** The stack goes, with all of its data. */
export const toDestroy = (environment: string): Act => ({
  verb: 'Destroy',
  title: `Remove ${environment}, its stack and its data`,
  action: 'administer',
  environment,
  reason: 'optional',
  isGrave: true,
  brings: null,
  question: { label: `Its name, to say that it is meant (${environment})`, mustBe: environment },
  command: (reason) => `soundbite destroy ${environment} --confirm ${environment}${because(reason)}`,
  async perform(reason, idempotencyKey, confirm = '') {
    const body = { confirm, idempotencyKey, ...whyOf(reason) };
    await ask('POST /v1/environments/{name}/destroy', { path: { name: environment }, body });
    return { screen: 'environments' };
  },
});
