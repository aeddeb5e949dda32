import { describe, expect, it } from 'vitest';
import { type Fact, factsOfRun, type ProgramRun, programGate, readFactLine } from './index.ts';

describe('a line of a program', () => {
  it('is a fact', () => {
    const line = '{"fact":"worker","ok":true,"detail":"it did its job","ms":12.4}\r';
    expect(readFactLine(line, 7)).toEqual({ name: 'worker', ok: true, detail: 'it did its job', ms: 12 });
    expect(readFactLine('{"fact":"a","ok":false,"detail":""}', 7)).toEqual({ name: 'a', ok: false, detail: '', ms: 7 });
  });

  it.each([
    ['hello \u001b[2J', '"hello \\u001b[2J" is not a fact: it is not JSON'],
    ['{"fact":"a","ok":true', '"{\\"fact\\":\\"a\\",\\"ok\\":true" is not a fact: it is not JSON'],
    ['[]', '"[]" is not a fact: it must be an object'],
    ['null', '"null" is not a fact: it must be an object'],
    ['{"ok":true,"detail":""}', /: fact must be a string$/],
    ['{"fact":"a","ok":"yes","detail":""}', /: ok must be a boolean$/],
    ['{"fact":"a","ok":true}', /: detail must be a string$/],
    ['{"fact":"A fact","ok":true,"detail":""}', /: fact must be 1 to 40 of a-z, 0-9 and -/],
    ['{"fact":"program","ok":true,"detail":""}', /: fact must be .* and not program or release-header$/],
    ['{"fact":"release-header","ok":true,"detail":""}', /: fact must be .* and not program or release-header$/],
    ['{"fact":"a","ok":true,"detail":"","ms":-1}', /: ms /],
    ['{"fact":"a","ok":true,"detail":"","level":"info"}', /: it has the unknown key "level"$/],
  ])('%j is refused, quoted, and says why', (line, why) => {
    const read = readFactLine(line, 0);
    if (typeof why === 'string') expect(read).toBe(why);
    else expect(read).toMatch(why);
  });

  it('is made safe for records, and cut: in a detail, and where it is quoted', () => {
    const nul = readFactLine(
      JSON.stringify({ fact: 'a', ok: true, detail: `x\0\ud800${'y'.repeat(5000)}` }),
      0,
    ) as Fact;
    expect(nul.detail).toMatch(/^x\ufffd\ufffdy+…$/);
    expect(nul.detail).toHaveLength(4001);
    expect((readFactLine('z'.repeat(100_000), 0) as string).length).toBeLessThan(300);
  });
});

describe('a run', () => {
  const holds: Fact = { name: 'health', ok: true, detail: '200', ms: 1 };
  const fails: Fact = { name: 'worker', ok: false, detail: 'no', ms: 1 };
  const good: ProgramRun = {
    end: { is: 'exited', code: 0 },
    facts: [holds],
    strange: [],
    stderr: '',
    hasAsked: true,
  };
  const gate = (facts: readonly Fact[]) =>
    programGate({ kind: 'smoke', at: '', release: `sha256:${'a'.repeat(64)}`, environment: 'staging', facts });
  const program = (run: Partial<ProgramRun>) => {
    const facts = factsOfRun({ ...good, ...run });
    expect(gate(facts).verdict).toBe('fail');
    return facts.find(({ name }) => name === 'program')?.detail;
  };

  it('that did its work is its facts', () => {
    expect(factsOfRun(good)).toEqual([holds]);
    expect(gate(factsOfRun(good)).verdict).toBe('pass');
  });

  it('that found something bad is its facts, whatever its exit code of the two', () => {
    for (const code of [0, 1]) expect(program({ facts: [fails], end: { is: 'exited', code } })).toBeUndefined();
    expect(program({ facts: [fails], hasAsked: false })).toBeUndefined();
  });

  it.each<[string, Partial<ProgramRun>, string]>([
    ['said nothing', { facts: [] }, 'it ended with exit code 0 and printed no fact'],
    [
      'contradicts itself',
      { end: { is: 'exited', code: 1 }, stderr: 'Error: late\n    at x' },
      'it ended with exit code 1, although each of its facts holds. Its standard error ends: Error: late\n    at x',
    ],
    [
      'crashed before its first fact',
      { facts: [], end: { is: 'exited', code: 1 }, stderr: 'SyntaxError: x' },
      'it ended with exit code 1 and printed no fact. Its standard error ends: SyntaxError: x',
    ],
    [
      'has another exit code',
      { end: { is: 'exited', code: 7 } },
      'it ended with exit code 7; its last fact was health',
    ],
    [
      'was killed',
      { end: { is: 'signalled', signal: 'SIGSEGV' } },
      'it was ended by SIGSEGV; its last fact was health',
    ],
    ['hung', { facts: [], end: { is: 'late', seconds: 60 } }, 'it did not end within 60 s; it printed no fact'],
    [
      'flooded',
      { end: { is: 'flooding', what: '1 MiB on standard output' } },
      'it was ended because it printed more than 1 MiB on standard output',
    ],
    [
      'never asked the version',
      { hasAsked: false },
      'it says that its facts hold, but it never asked the version on trial',
    ],
    ['printed garbage', { strange: ['"a" is none', '"b" is none'] }, '"a" is none; "b" is none'],
    [
      'printed much garbage',
      { strange: ['1', '2', '3', '4', '5'], facts: [] },
      '1; 2; 3; 2 more lines are wrong; it ended with exit code 0 and printed no fact',
    ],
  ])('that %s fails, saying so', (_, run, detail) => {
    expect(program(run)).toBe(detail);
  });
});
