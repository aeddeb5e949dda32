import { describe, expect, it } from 'vitest';
import { piecesOf } from './polly-double-pieces.ts';
import { readSpeechRequest } from './polly-double-request.ts';
import { join } from './polly-double-sound.ts';

const pieces = (Text: string, TextType = 'text') =>
  piecesOf(readSpeechRequest({ Text, TextType, OutputFormat: 'pcm', VoiceId: 'Joanna' }));

describe('the pieces in which the Polly double says a text', () => {
  it('a short text is one', () => {
    expect(pieces('Hello, world.')).toEqual([{ text: 'Hello, world.', speed: 1 }]);
  });

  it('a long one is parted after sentences, and nothing of it is lost', () => {
    const text = 'One sentence of many words. '.repeat(100).trim();
    const parts = pieces(text).map((piece) => ('text' in piece ? piece.text : ''));
    expect(parts.length).toBeGreaterThan(9);
    expect(parts.every((part) => part.length <= 300 && part.endsWith('.'))).toBe(true);
    expect(parts.join(' ')).toBe(text);
  });

  it('digits, each of which is a word, are fewer in a piece', () => {
    const parts = pieces('7'.repeat(3_000)).map((piece) => ('text' in piece ? piece.text : ''));
    expect(Math.max(...parts.map(({ length }) => length))).toBe(75);
    expect(parts.join('')).toBe('7'.repeat(3_000));
  });

  it('are cut off after ten minutes of silence, as Polly’s sound is', () => {
    const long = '<break time="10s"/>'.repeat(61);
    const cut = pieces(`<speak>a<break time="5s"/>${long}b</speak>`, 'ssml');
    expect(cut[0]).toEqual({ text: 'a', speed: 1 });
    expect(cut.slice(1).reduce((sum, piece) => sum + ('silence' in piece ? piece.silence : Number.NaN), 0)).toBe(
      600 * 16_000,
    );
    expect(cut.at(-1)).toEqual({ silence: 5 * 16_000 });
  });

  it('rates within each other are no slower than the slowest of Polly', () => {
    const slow = ['<prosody rate="20%">'.repeat(9), '</prosody>'.repeat(9)];
    expect(pieces(`<speak>${slow.join('a')}</speak>`, 'ssml')).toEqual([{ text: 'a', speed: 0.2 }]);
  });

  it('joined last ten minutes at most, and silence takes no memory before', () => {
    const sound = new Int16Array([1, 2, 3]);
    expect([...join([sound, 2, sound])]).toEqual([1, 2, 3, 0, 0, 1, 2, 3]);
    expect(join([600 * 16_000 - 2, sound, sound, 9]).subarray(-3)).toEqual(new Int16Array([0, 1, 2]));
    expect(join([600 * 16_000, sound])).toHaveLength(600 * 16_000);
    expect(join([])).toHaveLength(0);
  });

  it('silence has no text', () => {
    expect(pieces('<speak>a<break time="1s"/><break time="2s"/>b</speak>', 'ssml')).toEqual([
      { text: 'a', speed: 1 },
      { silence: 16_000 },
      { silence: 32_000 },
      { text: 'b', speed: 1 },
    ]);
  });
});
