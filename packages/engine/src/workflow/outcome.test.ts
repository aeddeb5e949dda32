import { type ErrorCode, SoundBiteError } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { attempt as attemptInTime, type Outcome } from './outcome.ts';

const done: Outcome = { state: 'succeeded', detail: 'done' };
const no: Outcome = { state: 'failed', detail: 'ready: it is not ready' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Its pauses take no time. */
async function attempt(...asked: Parameters<typeof attemptInTime>): Promise<Outcome> {
  const attempting = attemptInTime(...asked);
  await vi.runAllTimersAsync();
  return attempting;
}

/** Work that gives one thing after the other; errors are thrown. */
function gives(...results: readonly (Outcome | Error)[]) {
  const left = [...results];
  return async (): Promise<Outcome> => {
    const next = left.shift();
    if (next === undefined) throw new Error('it was asked once more than it should');
    if (next instanceof Error) throw next;
    return next;
  };
}

/** Machinery whose life changes with each look. */
const restless = () => {
  let life = 0;
  return async () => String(life++);
};

/** An error of AWS's SDK. */
const ofAws = (name: string, httpStatusCode: number) =>
  Object.assign(new Error(`${name}: said by AWS`), { name, $metadata: { httpStatusCode } });

it('what an error, or its cause, brings as evidence belongs to the outcome', async () => {
  const evidence = { failures: [], leftOut: 1 };
  const failed = new SoundBiteError('infrastructure-failed', 'it is so', { hint: 'of <environment>', evidence });
  const outcome = await attempt(gives(failed), { environment: 'live' });
  expect(outcome).toEqual({ state: 'failed', detail: 'it is so; of live', evidence });
  const cause = new SoundBiteError('cloud-denied', 'AWS says no', { evidence });
  const errored = await attempt(gives(new SoundBiteError('recovery-failed', 'it cannot be fixed', { cause })));
  expect(errored).toMatchObject({ state: 'errored', evidence });
});

it('work that nobody wants any longer is not done again', async () => {
  const away = new SoundBiteError('engine-down', 'the engine does not answer', { hint: 'start it' });
  const rests: (string | null)[] = [null, 'ana asked for that'];
  const outcome = await attempt(gives(away, away), { rest: async () => rests.shift() ?? null });
  expect(outcome).toEqual({
    state: 'errored',
    detail: 'the engine does not answer; start it; not tried again: ana asked for that',
  });
});

describe('a verdict on a release', () => {
  const cases: readonly (readonly [string, ErrorCode, boolean])[] = [
    ['credentials', 'cloud-credentials', false],
    ['credentials of another account', 'cloud-identity', false],
    ['a foreign database', 'fence-foreign', true],
    ['an account that nobody prepared', 'not-bootstrapped', true],
    ['an unreadable declaration', 'declaration-invalid', false],
    ['a release that is not in this store', 'release-unknown', false],
    ['code that somebody changed where it runs', 'code-altered', true],
    ['a permission or quota of the account', 'cloud-denied', false],
    ['a function that Lambda cannot run', 'function-unusable', false],
    ['a newer attempt', 'generation-old', true],
  ];
  it.each(cases)('is not drawn from %s', async (_what, code, lasting) => {
    const error = new SoundBiteError(code, 'it is so', { hint: 'do this' });
    expect(await attempt(gives(error, error))).toEqual({
      state: 'errored',
      detail: 'it is so; do this',
      ...(lasting ? { lasting: true } : {}),
    });
  });

  it.each([
    ['AWS throttled it', ofAws('ThrottlingException', 400)],
    ['AWS was down', ofAws('ServiceException', 503)],
    ['the session had expired', ofAws('ExpiredTokenException', 403)],
  ])('is not drawn where %s: it is asked for again', async (_what, cause) => {
    const late = new SoundBiteError('invoke-late', 'it did not answer within 30 s', { cause });
    expect(await attempt(gives(late, late, done))).toEqual(done);
  });

  it('is not drawn where AWS allows it not', async () => {
    const failed = new SoundBiteError('version-unhealthy', 'it does not start', {
      cause: ofAws('AccessDeniedException', 403),
    });
    expect(await attempt(gives(failed))).toMatchObject({ state: 'errored' });
  });

  it('is not drawn from a deploy that AWS throttled', async () => {
    const why = 'stack s is UPDATE_ROLLBACK_COMPLETE: Queue (AWS::SQS::Queue): Rate exceeded (Service: Sqs, 400)';
    for (const code of ['cloud-throttled', 'infrastructure-failed'] as const) {
      const throttled = new SoundBiteError(code, why);
      expect(await attempt(gives(throttled, throttled, done))).toEqual(done);
      expect(await attempt(gives(throttled), { patienceMs: 0 })).toMatchObject({ state: 'errored' });
    }
  });

  it.each([
    'version-unhealthy',
    'worker-failed',
    'infrastructure-failed',
    'release-altered',
    'environment-unknown',
  ] as const)('is drawn from %s', async (code) => {
    const outcome = await attempt(gives(new SoundBiteError(code, 'no', { hint: 'fix it' })));
    expect(outcome).toEqual({ state: 'failed', detail: 'no; fix it' });
  });
});

describe('attempt', () => {
  it('repeats what failed because a peer was away', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(await attempt(gives(new TypeError('fetch failed', { cause: refused }), done))).toEqual(done);
  });

  it('takes a "no" of the rules for one, and does not ask again', async () => {
    expect(await attempt(gives(no))).toEqual(no);
    const bad = new SoundBiteError('version-unhealthy', 'it does not start', { hint: 'fix it' });
    expect(await attempt(gives(bad))).toEqual({ state: 'failed', detail: 'it does not start; fix it' });
  });

  it('blames no release for what is wrong with the account, and does not wait for it', async () => {
    const gone = new SoundBiteError('stack-missing', 'staging has no stack', { hint: 'soundbite repair staging' });
    expect(await attempt(gives(gone))).toEqual({
      state: 'errored',
      detail: 'staging has no stack; soundbite repair staging',
      lasting: true,
    });
    const wedged = new SoundBiteError('stack-wedged', 'it is UPDATE_FAILED', { hint: 'roll it back' });
    expect(await attempt(gives(wedged))).toEqual({
      state: 'errored',
      detail: 'it is UPDATE_FAILED; roll it back',
      lasting: true,
    });
  });

  it('asks twice for credentials that are denied, and for longer only where nobody answers', async () => {
    const denied = new SoundBiteError('cloud-credentials', 'it cannot be assumed', {
      cause: new Error('AccessDenied'),
    });
    expect(await attempt(gives(denied, denied))).toMatchObject({ state: 'errored' });
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const away = new SoundBiteError('cloud-credentials', 'it cannot be assumed', { cause: refused });
    expect(await attempt(gives(away, away, away, done))).toEqual(done);
  });

  it('asks again for a "no" that fell while an account was started anew', async () => {
    const reasons: unknown[] = [];
    const beforeRetry = (error: unknown) => void reasons.push((error as SoundBiteError).code);
    const lives = ['a', 'b', 'b', 'b'];
    const machinery = async () => lives.shift() ?? 'b';
    expect(await attempt(gives(no, done), { machinery, beforeRetry })).toEqual(done);
    expect(reasons).toEqual(['machinery-restarted']);
  });

  it('asks again for an error of the release that fell while an account was started anew', async () => {
    const bad = new SoundBiteError('version-unhealthy', 'GET /health answered 502');
    expect(await attempt(gives(bad, done), { machinery: restless() })).toEqual(done);
  });

  it('asks again even where the outage was taken for the release’s fault', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const bad = new SoundBiteError('version-unhealthy', 'it does not start', { cause: refused });
    expect(await attempt(gives(bad, done), { machinery: restless() })).toEqual(done);
  });

  it('gives up at once where another try cannot fix it', async () => {
    const old = new SoundBiteError('generation-old', 'generation 3 may not act any more');
    expect((await attempt(gives(old))).state).toBe('errored');
  });

  it('names the environment in a hint that was written without it', async () => {
    const broken = new SoundBiteError('not-bootstrapped', 'it is not prepared', {
      hint: 'soundbite bootstrap <environment>',
    });
    expect(await attempt(gives(broken), { environment: 'staging' })).toEqual({
      state: 'errored',
      detail: 'it is not prepared; soundbite bootstrap staging',
      lasting: true,
    });
  });

  it('does not wait for room on the disk of a peer that answers 500', async () => {
    const answered = Object.assign(new Error('[Errno 28] No space left on device'), {
      $metadata: { httpStatusCode: 500 },
    });
    const { state, detail } = await attempt(gives(answered));
    expect({ state, detail }).toMatchObject({ state: 'errored', detail: expect.stringContaining('is full') });
  });

  it('blames a full disk on no release, and does not wait for room', async () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write '/h/x'"), { code: 'ENOSPC' });
    const failed = new SoundBiteError('version-unhealthy', 'it does not start', { cause: full });
    expect(await attempt(gives(failed))).toEqual({
      state: 'errored',
      detail: expect.stringMatching(/^the disk of \/h\/x is full; /),
    });
  });

  it('tries an unknown error twice', async () => {
    expect(await attempt(gives(new Error('odd'), new Error('odd again')))).toEqual({
      state: 'errored',
      detail: 'odd again; run `soundbite doctor`, then the command again with --verbose',
    });
  });
});
