import type { AccountView, Timeline } from '@soundbite/client';
import { logEventsUrl, stackEventsUrl } from '@soundbite/model/console/links.ts';

/** Where AWS's console shows something. */
export interface ConsoleLink {
  readonly text: string;
  readonly url: string;
}

type Entry = Timeline['entries'][number];
type Promotion = Pick<Timeline, 'cloud' | 'entries'>;

const ofStacks = new Set(['adopt', 'infrastructure']);
const beforeAnyVersion = new Set([...ofStacks, 'verify', 'plan']);

/** The clocks of functions and of this control plane need not agree, in ms. */
const marginMs = 5_000;

/** The step of a promotion on a real account that the console says more of: one that failed, or whose stack is being changed; null: none. */
function ofInterest({ cloud, entries }: Promotion): Entry | null {
  if (cloud?.kind !== 'real') return null;
  const failed = entries.findLast(({ step }) => step?.state === 'failed' || step?.state === 'errored');
  if (failed) return failed;
  return entries.findLast(({ step }) => step?.state === 'running' && ofStacks.has(step.name)) ?? null;
}

/** Whether it has to be asked what the environment has in its account, to know where the console shows it. */
export const asksAccount = (promotion: Promotion): boolean => ofInterest(promotion) !== null;

/** Into the console at the place and time of that step. `account`: what its environment has there now; of another account it says nothing. */
export function consoleLinks(promotion: Promotion, account: AccountView | undefined): readonly ConsoleLink[] {
  const { cloud } = promotion;
  const entry = ofInterest(promotion);
  if (!cloud || !entry?.step) return [];
  const { region } = cloud;
  const here = account?.cloud.account === cloud.account && account.cloud.region === region ? account : undefined;
  const links = ofStacks.has(entry.step.name)
    ? stacksOf(entry, here).map(({ name, stack }) => [`events of ${name}`, stackEventsUrl(region, stack)] as const)
    : loggedThen(entry, here).map(
        ({ component, logGroup, ...window }) =>
          [`what ${component} logged then`, logEventsUrl(region, logGroup, window)] as const,
      );
  return links.flatMap(([text, url]) => (url === null ? [] : [{ text, url }]));
}

/** By their ARNs where they said what failed: one that is gone is found by that alone. */
function stacksOf({ stackFailures }: Entry, here: AccountView | undefined) {
  const told = new Map(stackFailures?.failures.map(({ arn, stack }) => [arn || stack, stack]));
  if (told.size > 0) return [...told].map(([stack, name]) => ({ name, stack }));
  return (here?.stacks ?? []).map(({ name }) => ({ name, stack: name }));
}

function loggedThen({ at, seconds, step }: Entry, here: AccountView | undefined) {
  if (at === null || seconds === null || !step || beforeAnyVersion.has(step.name)) return [];
  const fromMs = Date.parse(at) - marginMs;
  const toMs = Date.parse(at) + seconds * 1000 + marginMs;
  return (here?.functions ?? []).map(({ component, logGroup }) => ({ component, logGroup, fromMs, toMs }));
}
