import { z } from 'zod';
import { Duration, durationMs } from '../duration.ts';
import { tooFewRequests } from '../few-requests.ts';
import { type GateResult, gate } from '../gate.ts';
import { laterOverride } from '../override.ts';
import { retries } from '../tries.ts';
import type { Tally } from './tally.ts';

const WatchOptions = z.strictObject({
  seconds: z
    .number()
    .min(0, 'must be 0 or more seconds')
    .max(86_400)
    .describe('how long it is watched at full traffic'),
  minimumRequests: z
    .int()
    .min(0)
    .default(1)
    .describe('with fewer requests of users no verdict is possible: it goes on waiting for them; 0: none are needed'),
  timeout: Duration.default('10m').describe('how long it waits for requests after that, before it fails'),
  errorShare: z
    .number()
    .gt(0, 'must be more than 0')
    .max(1)
    .default(0.1)
    .describe('this share of server errors among the requests fails it'),
  errorsFrom: z.int().min(1).default(5).describe('so many requests are needed for the share of errors to count'),
  unhealthyLooks: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('so many unhealthy looks in a row fail it; absent: 3, and 2 where looks are rare'),
  retries,
  override: laterOverride,
});
export type WatchOptions = z.infer<typeof WatchOptions>;

/** What the watch has seen so far; decided after each look. */
export interface WatchFacts extends Tally {
  /** How long it has watched, in ms. */
  readonly watchedMs: number;
  /** Consecutive looks at which the live version was not healthy. */
  readonly unhealthyLooks: number;
  /** So many of them are too many, unless the options say otherwise. */
  readonly unhealthyLimit: number;
}

/** The new release under its users. A canary judge will replace this rule; until then it is deliberately plain. */
export const watchGate = gate({
  moments: ['traffic'],
  options: WatchOptions,
  passes: 'for so many seconds at full traffic it is healthy, and answers its users without too many server errors',
  decide: decideWatch,
});

function decideWatch(facts: WatchFacts, options: WatchOptions): GateResult {
  const reasons = complaints(facts, options);
  if (reasons.length > 0) return { verdict: 'fail', reasons };
  // What was unwell at the last look is looked at again.
  if (facts.watchedMs < options.seconds * 1000 || facts.unhealthyLooks > 0) return { verdict: 'wait', reasons: [] };
  if (facts.requests >= options.minimumRequests)
    return { verdict: 'pass', reasons: facts.requests === 0 ? ['no user asked anything meanwhile'] : [] };
  if (facts.watchedMs < options.seconds * 1000 + durationMs(options.timeout))
    return { verdict: 'wait', reasons: [tooFewRequests(facts.requests, options.minimumRequests)] };
  const few = `${facts.requests} of ${options.minimumRequests} requests that it needs`;
  return { verdict: 'fail', reasons: [`no verdict is possible: ${few} in ${Math.round(facts.watchedMs / 1000)} s`] };
}

/** Server errors of the new release: a tenth or more of at least five requests, unless told otherwise; and a version that is not healthy at several looks in a row. */
function complaints(
  { requests, bad, unhealthyLooks, unhealthyLimit }: WatchFacts,
  options: WatchOptions,
): readonly string[] {
  const isUnwell = unhealthyLooks >= (options.unhealthyLooks ?? unhealthyLimit);
  const isBad = bad > 0 && requests >= options.errorsFrom && bad / requests >= options.errorShare;
  return [
    ...(isUnwell ? [`unhealthy at ${unhealthyLooks} ${unhealthyLooks === 1 ? 'look' : 'looks in a row'}`] : []),
    ...(isBad ? [`${bad} of ${requests} requests answered with a server error`] : []),
  ];
}
