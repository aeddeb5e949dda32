import type { SoundBiteError } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { readEvidence } from './read.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readEvidence(bytes(text));
const refusalOf = (content: string | Uint8Array): SoundBiteError => {
  try {
    readEvidence(typeof content === 'string' ? bytes(content) : content);
  } catch (error) {
    return error as SoundBiteError;
  }
  throw new Error('it was read');
};
const fact = '{"name":"seen","ok":true}';

describe('a file in the plain form', () => {
  it('passes when it says so, and rests on facts that hold', () => {
    expect(read(`{"verdict":"pass","facts":[${fact}]}`)).toEqual({
      format: 'json',
      verdict: 'pass',
      facts: [{ name: 'seen', ok: true, detail: '' }],
    });
    expect(read(`\ufeff{"verdict":"fail","facts":[${fact}]}`)).toMatchObject({ verdict: 'fail' });
  });

  it('that rests on nothing is no pass', () => {
    expect(read('{"verdict":"pass","facts":[]}')).toEqual({
      format: 'json',
      verdict: 'fail',
      facts: [{ name: 'facts', ok: false, detail: 'there are no facts in it, so nothing is known' }],
    });
  });

  it.each([
    ['is empty', ' \n', 'the file is empty', undefined],
    ['contradicts itself', '{"verdict":"pass","facts":[{"name":"x","ok":false}]}', 'the fact "x" is not ok', undefined],
    ['is cut off', '{\n"verdict": "pass",\n"fac', 'line 3: the file is not valid JSON', 3],
    ['has a word that JSON does not know', '{\n"verdict": pass}', 'line 2: the file is not valid JSON', 2],
    ['has a comment', '{"verdict":"pass", // yes\n"facts":[]}', 'line 1: the file is not valid JSON', 1],
    [
      'gives a member twice',
      '{"verdict":"fail",\n"verd\\u0069ct":"pass","facts":[]}',
      'line 2: the member "verdict" is given twice',
      2,
    ],
    ['says neither', `{"facts":[${fact}],\n"verdict":"maybe"}`, 'line 2: verdict: Invalid option', 2],
    ['has a fact without a name', `{"verdict":"pass","facts":[${fact},\n{"ok":true}]}`, 'line 2: facts.1.name: ', 2],
    ['has something else', `{"verdict":"pass","facts":[${fact}],"score":9}`, 'line 1: the file: Unrecognized key', 1],
    ['is a list', '[]', 'line 1: the file: ', 1],
    ['has a NUL', '{"verdict":"pass\0"}', 'line 1: the file is not valid JSON', 1],
    ['is too deep', `{"facts":\n${'['.repeat(100)}`, 'line 2: the file is nested deeper than 64', 2],
    [
      'has too many parts',
      `[${'[],'.repeat(600_000)}[]]`,
      'line 1: the file has more than 600000 objects, lists and',
      1,
    ],
    ['is a long string that does not end', `"${'\\u0041'.repeat(1_000_000)}`, 'line 1: the file is not valid JSON', 1],
  ])('that %s is refused, with the line where one is known', (_what, text, message, line) => {
    const refusal = refusalOf(text);
    expect(refusal).toMatchObject({ code: 'evidence-unreadable', hint: expect.stringMatching(/\w/) });
    expect(refusal.message).toContain(message);
    expect(refusal.line).toBe(line);
  });

  it.each([
    ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'the file is not UTF-8'],
    ['UTF-16', new Uint8Array(Buffer.from(`{"verdict":"pass","facts":[${fact}]}`, 'utf16le')), 'is not valid JSON'],
    ['more bytes than are allowed', new Uint8Array(2 ** 23 + 1).fill(0x20), 'the file has 8388609 bytes'],
  ])('of %s is refused', (_what, content, message) => {
    expect(refusalOf(content)).toMatchObject({
      code: 'evidence-unreadable',
      message: expect.stringContaining(message),
    });
  });

  it('that quotes a control character says it without one', () => {
    const { message } = refusalOf('{"verdict": \u001b[2J}');
    expect(message).not.toMatch(/\p{Cc}/u);
  });
});
