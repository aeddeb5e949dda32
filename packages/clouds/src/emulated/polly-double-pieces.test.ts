import { describe, expect, it } from 'vitest';
import { piecesOf } from './polly-double-pieces.ts';
import { readSpeechRequest } from './polly-double-request.ts';

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

  it('silence has no text', () => {
    expect(pieces('<speak>a<break time="1s"/><break time="2s"/>b</speak>', 'ssml')).toEqual([
      { text: 'a', speed: 1 },
      { silence: 16_000 },
      { silence: 32_000 },
      { text: 'b', speed: 1 },
    ]);
  });
});
