import { z } from 'zod';
import type { LiveSince } from '../entry-evidence.ts';
import { tooFewRequests } from '../few-requests.ts';
import { entryGate, type GateResult } from '../gate.ts';
import type { Tally } from '../watch/tally.ts';

const Options = z.strictObject({
  seconds: z
    .number()
    .min(0, 'must be 0 or more seconds')
    .max(31_536_000)
    .describe('how long it has to be live in the environment before'),
  requests: z
    .int()
    .min(0)
    .default(0)
    .describe('so many requests of users have to be answered there; 0: none need come'),
  errorShare: z
    .number()
    .gt(0, 'must be more than 0')
    .max(1)
    .default(0.1)
    .describe(
      'this share of server errors among all requests of users since then fails it, whether or not some are asked for',
    ),
});

/** Of the environment before. */
export interface SoakFacts {
  /** Null: no environment comes before; `here`: it is live in this one already. */
  readonly live: LiveSince | 'here' | null;
  /** Null: not asked for. */
  readonly tally: Tally | null;
}

/**
 * The release has served elsewhere for long enough, and enough people, without server errors. Its order asks beside it whether it is healthy there now, and a
 * taint keeps what was changed there. Looks and restarts in between do not count: not every runtime records them, and a look is at one moment. What nobody
 * asked for nobody saw: who wants to know of that asks for requests, or for alarms.
 */
export const soakGate = entryGate({
  moments: ['entry'],
  isDear: true,
  options: Options,
  passes:
    'the release was live in the environment before for that time, and answered so many requests of users there, few of them with a server error; what nobody asked for nobody saw',
  async ask(evidence, { seconds, requests }): Promise<SoakFacts> {
    // What restores it must not wait until it is live elsewhere again.
    if (await evidence.isLiveHere()) return { live: 'here', tally: null };
    const live = await evidence.before();
    // Who asks for neither time nor users has nothing counted, which may mean reading many logs.
    const isCounted = (seconds > 0 || requests > 0) && typeof live?.since === 'number';
    return { live, tally: isCounted ? await evidence.requestsBefore(live.since) : null };
  },
  decide,
});

function decide({ live, tally }: SoakFacts, options: z.output<typeof Options>, now: number): GateResult {
  if (live === null) return { verdict: 'pass', reasons: ['no environment comes before'] };
  if (live === 'here') return { verdict: 'pass', reasons: ['it is live here already'] };
  const { environment, since } = live;
  if (since === null) return { verdict: 'wait', reasons: [`it is not live in ${environment}`] };
  const until = since + options.seconds * 1000;
  const missing =
    now < until ? [`live in ${environment} for ${options.seconds} s at ${new Date(until).toISOString()}`] : [];
  const { requests = 0, bad = 0 } = tally ?? {};
  if (bad > 0 && requests >= options.requests && bad / requests >= options.errorShare)
    return { verdict: 'fail', reasons: [`${bad} of ${requests} requests in ${environment} got a server error`] };
  const few = requests < options.requests ? [`${tooFewRequests(requests, options.requests)} in ${environment}`] : [];
  if (missing.length + few.length === 0) {
    const said = requests > 0 || options.requests > 0 ? ` and ${requests} requests` : '';
    return { verdict: 'pass', reasons: [`${options.seconds} s${said} in ${environment}`] };
  }
  // Who waits for users cannot know when they come.
  return { verdict: 'wait', reasons: [...missing, ...few], ...(few.length === 0 ? { until } : {}) };
}
