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
  requests: z.int().min(0).default(0).describe('so many requests of users have to be answered there'),
  errorShare: z
    .number()
    .gt(0, 'must be more than 0')
    .max(1)
    .default(0.1)
    .describe('this share of server errors among them fails it'),
});

/** Of the environment before. */
export interface SoakFacts {
  /** Null: no environment comes before; `here`: it is live in this one already. */
  readonly live: LiveSince | 'here' | null;
  /** Null: not asked for. */
  readonly tally: Tally | null;
}

/** The release has served elsewhere for long enough, and enough people. */
export const soakGate = entryGate({
  moments: ['entry'],
  isDear: true,
  options: Options,
  passes: 'the release was live in the environment before for that time, and answered so many requests of users there',
  async ask(evidence, { requests }): Promise<SoakFacts> {
    // What restores it must not wait until it is live elsewhere again.
    if (await evidence.isLiveHere()) return { live: 'here', tally: null };
    const live = await evidence.before();
    const isCounted = requests > 0 && typeof live?.since === 'number';
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
    const said = options.requests > 0 ? ` and ${requests} requests` : '';
    return { verdict: 'pass', reasons: [`${options.seconds} s${said} in ${environment}`] };
  }
  // Who waits for users cannot know when they come.
  return { verdict: 'wait', reasons: [...missing, ...few], ...(few.length === 0 ? { until } : {}) };
}
