import { once } from 'node:events';
import { request } from 'node:http';
import { PollyClient, SynthesizeSpeechCommand } from '@aws-sdk/client-polly';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './checks/check.ts';
import { startTestAccount } from './test-account.ts';
import { childrenOf, startTestPollyDouble, type TestPollyDouble } from './test-polly-double.ts';

/** Some 80 s of speech: seconds of work on a quiet machine. */
const DIGITS = '7'.repeat(300);

describe('the Polly double under load', () => {
  let double: TestPollyDouble;

  beforeAll(async () => {
    double = await startTestPollyDouble();
  });

  afterAll(async () => {
    expect(await double.stop()).toEqual([0, null]);
  });

  const aVoice = () =>
    eventually('a voice', async () => ((await childrenOf(double.pid)).length > 0 ? true : undefined));
  /** No voice lives any more: nothing is worked on, and the memory is given back. */
  const quiet = () =>
    eventually('no voice', async () => ((await childrenOf(double.pid)).length === 0 ? true : undefined));

  it('stops when its clients hang up, those that wait included', async () => {
    const leaving = new AbortController();
    const abandoned = Array.from({ length: 8 }, () => double.ask({ Text: DIGITS }, leaving.signal));
    await aVoice();
    leaving.abort();
    for (const one of await Promise.allSettled(abandoned)) expect(one.status).toBe('rejected');
    const began = performance.now();
    expect((await double.ask({ Text: 'hi' })).length).toBeGreaterThan(5_000);
    expect(performance.now() - began).toBeLessThan(20_000); // on a quiet machine 0.5 s; it was 60 s
    await quiet();
  });

  it('stops when a client of HTTP/1.1 hangs up', async () => {
    const asked = request(`${double.endpoint}/v1/speech`, { method: 'POST', agent: false });
    asked.end(JSON.stringify({ Text: DIGITS.repeat(4), OutputFormat: 'pcm', VoiceId: 'Joanna' }));
    await aVoice();
    const closed = once(asked, 'error');
    asked.destroy(new Error('I leave'));
    await closed;
    await quiet();
  });

  it('stops when the client of an account in front of it hangs up', async () => {
    const account = await startTestAccount({ pollyUrl: double.endpoint });
    try {
      const leaving = new AbortController();
      const speech = new SynthesizeSpeechCommand({ Text: DIGITS.repeat(8), OutputFormat: 'pcm', VoiceId: 'Joanna' });
      const asked = new PollyClient(account.config).send(speech, { abortSignal: leaving.signal });
      const rejected = expect(asked).rejects.toMatchObject({ name: 'AbortError' });
      await aVoice();
      leaving.abort();
      await rejected;
      await quiet();
    } finally {
      await account.dispose();
    }
  });

  it('answers a short text while long ones are spoken, and says the long one as ever', async () => {
    const sentence = 'One sentence of a long text that has many of them. ';
    const alone = await double.ask({ Text: sentence.repeat(2) });
    const leaving = new AbortController();
    const long = Array.from({ length: 6 }, () => double.ask({ Text: DIGITS }, leaving.signal));
    const ended = Promise.allSettled(long);
    let longDone = false;
    void Promise.race(long.map((one) => one.catch(() => {}))).then(() => {
      longDone = true;
    });
    const beside = await double.ask({ Text: sentence.repeat(2) });
    expect(longDone).toBe(false);
    expect(beside.equals(alone)).toBe(true);
    leaving.abort();
    await ended;
  });

  it('throttles, as Polly does, what is above its quota of requests at once', async () => {
    const leaving = new AbortController();
    const asked = Array.from({ length: 20 }, () =>
      double.ask({ Text: DIGITS, Engine: 'neural' }, leaving.signal).then(
        () => 'spoken',
        (error: Error & { $metadata?: { httpStatusCode?: number } }) => [error.name, error.$metadata?.httpStatusCode],
      ),
    );
    const throttled = await Promise.race(asked);
    expect(throttled).toEqual(['ThrottlingException', 400]);
    expect((await double.ask({ Text: 'hi', Engine: 'standard' })).length).toBeGreaterThan(5_000);
    leaving.abort();
    const names = (await Promise.all(asked)).map((one) => one[0]);
    expect(names.filter((name) => name === 'ThrottlingException')).toHaveLength(2);
    expect(names.filter((name) => name === 'AbortError')).toHaveLength(18);
    await quiet();
  });
});
