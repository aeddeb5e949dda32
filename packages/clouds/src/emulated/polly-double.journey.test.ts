import { readFile } from 'node:fs/promises';
import {
  DescribeVoicesCommand,
  type PollyClient,
  SynthesizeSpeechCommand,
  type SynthesizeSpeechCommandInput,
} from '@aws-sdk/client-polly';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './checks/check.ts';
import { childrenOf, startTestPollyDouble, type TestPollyDouble } from './test-polly-double.ts';

const TEXT = 'One release, promoted through five environments.';

describe('the Polly double, through the AWS SDK', () => {
  let double: TestPollyDouble;
  let endpoint: string;
  let polly: PollyClient;

  beforeAll(async () => {
    double = await startTestPollyDouble();
    ({ endpoint, polly } = double);
  });

  afterAll(async () => {
    expect(await double.stop()).toEqual([0, null]);
  });

  const ask = (input: Partial<SynthesizeSpeechCommandInput>) =>
    polly.send(new SynthesizeSpeechCommand({ Text: TEXT, OutputFormat: 'pcm', VoiceId: 'Joanna', ...input }));
  const speak = async (input: Partial<SynthesizeSpeechCommandInput>) => {
    const answer = await ask(input);
    return { ...answer, bytes: Buffer.from((await answer.AudioStream?.transformToByteArray()) ?? []) };
  };

  it('speaks PCM at 16 kHz, bills its characters, and says the same twice', async () => {
    const said = await speak({});
    expect(said.ContentType).toBe('audio/pcm');
    expect(said.RequestCharacters).toBe(TEXT.length);
    const seconds = said.bytes.length / 2 / 16_000;
    expect(seconds).toBeGreaterThan(2);
    expect(seconds).toBeLessThan(5);
    expect(loudness(said.bytes)).toBeGreaterThan(300);
    expect((await speak({})).bytes.equals(said.bytes)).toBe(true);
  });

  it('halves the samples at 8 kHz and keeps the loudness', async () => {
    const [full, half] = [await speak({}), await speak({ SampleRate: '8000' })];
    expect(half.bytes.length).toBe(full.bytes.length / 2);
    expect(loudness(half.bytes) / loudness(full.bytes)).toBeGreaterThan(0.7);
  });

  it('makes MP3 at the rate of the engine or of the request', async () => {
    for (const [input, rate] of [
      [{ Engine: 'standard' }, 22_050],
      [{ Engine: 'neural' }, 24_000],
      [{ SampleRate: '16000' }, 16_000],
      [{ SampleRate: '8000' }, 8_000],
    ] as const) {
      const said = await speak({ OutputFormat: 'mp3', ...input });
      expect(said.ContentType).toBe('audio/mpeg');
      expect(mp3Rate(said.bytes)).toBe(rate);
    }
  });

  it('gives each voice of Flite its own sound', async () => {
    const sounds = await Promise.all(
      (['Joanna', 'Matthew', 'Brian', 'Joey'] as const).map((VoiceId) => speak({ VoiceId })),
    );
    expect(new Set(sounds.map(({ bytes }) => bytes.toString('base64'))).size).toBe(4);
  });

  it('speaks a text of 3,000 characters', async () => {
    const said = await speak({ Text: 'A short sentence of words. '.repeat(111) });
    expect(said.bytes.length / 32_000).toBeGreaterThan(60);
  });

  it('reads SSML: tags are not billed, breaks are silence, a rate changes the length', async () => {
    const normal = await speak({ TextType: 'ssml', Text: `<speak>${TEXT}</speak>` });
    expect(normal.RequestCharacters).toBe(TEXT.length);
    const paused = await speak({ TextType: 'ssml', Text: `<speak>${TEXT}<break time="2s"/></speak>` });
    expect(paused.bytes.length - normal.bytes.length).toBe(64_000);
    const slow = await speak({ TextType: 'ssml', Text: `<speak><prosody rate="50%">${TEXT}</prosody></speak>` });
    expect(slow.bytes.length / normal.bytes.length).toBeGreaterThan(1.6);
    const substituted = await speak({
      TextType: 'ssml',
      Text: '<speak><sub alias="Amazon Web Services">AWS</sub></speak>',
    });
    expect(substituted.RequestCharacters).toBe(3);
    expect(substituted.bytes.length).toBeGreaterThan((await speak({ Text: 'AWS' })).bytes.length);
  });

  it.each<[string, Partial<SynthesizeSpeechCommandInput>, string]>([
    ['3,001 billed characters', { Text: 'a'.repeat(3_001) }, 'TextLengthExceededException'],
    [
      '6,001 characters with tags',
      { TextType: 'ssml', Text: `<speak>${'<p/>'.repeat(1_500)}</speak>` },
      'TextLengthExceededException',
    ],
    ['PCM at 22,050', { SampleRate: '22050' }, 'InvalidSampleRateException'],
    ['MP3 at 44,100', { OutputFormat: 'mp3', SampleRate: '44100' }, 'InvalidSampleRateException'],
    ['an unknown voice', { VoiceId: 'Nobody' as never }, 'ValidationException'],
    ['an unknown engine', { Engine: 'steam' as never }, 'ValidationException'],
    ['no voice', { VoiceId: null as never }, 'ValidationException'],
    ['Ogg, which the double does not make', { OutputFormat: 'ogg_vorbis' }, 'ValidationException'],
    ['a neural voice by default', { VoiceId: 'Ruth' }, 'EngineNotSupportedException'],
    ['long-form of a voice without it', { Engine: 'long-form' }, 'EngineNotSupportedException'],
    ['another language', { LanguageCode: 'en-GB' }, 'LanguageNotSupportedException'],
    ['marks of a sound', { SpeechMarkTypes: ['word'] }, 'MarksNotSupportedForFormatException'],
    ['a lexicon', { LexiconNames: ['w3c'] }, 'LexiconNotFoundException'],
    ['SSML without a root', { TextType: 'ssml', Text: 'no root' }, 'InvalidSsmlException'],
    ['SSML that is not closed', { TextType: 'ssml', Text: '<speak><p>open</speak>' }, 'InvalidSsmlException'],
    ['SSML with a bare ampersand', { TextType: 'ssml', Text: '<speak>a & b</speak>' }, 'InvalidSsmlException'],
    ['SSML with an unknown tag', { TextType: 'ssml', Text: '<speak><blink>a</blink></speak>' }, 'InvalidSsmlException'],
  ])('refuses %s', async (_, input, name) => {
    await expect(ask(input)).rejects.toMatchObject({ name });
  });

  it('describes its voices by engine and language', async () => {
    const british = await polly.send(new DescribeVoicesCommand({ Engine: 'neural', LanguageCode: 'en-GB' }));
    expect(british.Voices?.map(({ Id }) => Id)).toEqual(['Amy', 'Emma', 'Brian', 'Arthur']);
    expect(british.Voices?.[2]).toEqual({
      Id: 'Brian',
      Name: 'Brian',
      Gender: 'Male',
      LanguageCode: 'en-GB',
      LanguageName: 'British English',
      SupportedEngines: ['standard', 'neural'],
    });
    expect((await polly.send(new DescribeVoicesCommand({ LanguageCode: 'de-DE' }))).Voices).toEqual([]);
    await expect(polly.send(new DescribeVoicesCommand({ LanguageCode: 'tlh' as never }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('refuses what is no JSON and what it does not have', async () => {
    const broken = await fetch(`${endpoint}/v1/speech`, { method: 'POST', body: '{' });
    expect([broken.status, broken.headers.get('x-amzn-errortype')]).toEqual([400, 'SerializationException']);
    const other = await fetch(`${endpoint}/v1/lexicons`);
    expect([other.status, other.headers.get('x-amzn-errortype')]).toEqual([404, 'UnknownOperationException']);
  });

  it('lets go of Flite when nobody asks, and speaks again after', async () => {
    await speak({});
    const size = await eventually('less than 80 MB at rest, without voices', async () => {
      const megabytes = await proportionalMegabytes(double.pid);
      return megabytes < 80 && (await childrenOf(double.pid)).length === 0 ? megabytes : undefined;
    });
    expect(size).toBeLessThan(80);
    expect((await speak({})).bytes.length).toBeGreaterThan(60_000);
  });
});

/** Root mean square of 16-bit samples. */
function loudness(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readInt16LE(at) ** 2;
  return Math.sqrt(sum / (bytes.length / 2));
}

/** The sample rate in the header of the first MP3 frame. */
function mp3Rate(bytes: Buffer): number | undefined {
  const at = bytes.findIndex((byte, n) => byte === 0xff && ((bytes[n + 1] ?? 0) & 0xe0) === 0xe0);
  const header = bytes.readUInt32BE(at);
  const rates = { 3: [44_100, 48_000, 32_000], 2: [22_050, 24_000, 16_000], 0: [11_025, 12_000, 8_000] } as Record<
    number,
    number[]
  >;
  return rates[(header >> 19) & 3]?.[(header >> 10) & 3];
}

/** Proportional set size, in MB, of a process. */
async function proportionalMegabytes(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024;
}
