import type { SoundBiteError } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { readEvidence } from './read.ts';

type Json = Readonly<Record<string, unknown>>;

const log = (...runs: readonly unknown[]) => ({
  version: '2.1.0',
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  runs,
});
const run = (results: unknown, more: Json = {}) => ({ tool: { driver: { name: 'scanner' } }, results, ...more });
const result = (more: Json = {}) => ({ ruleId: 'R1', message: { text: 'said' }, ...more });
const read = (value: unknown) => readEvidence(new TextEncoder().encode(JSON.stringify(value)));
const refusalOf = (text: string, format?: 'sarif'): SoundBiteError => {
  try {
    readEvidence(new TextEncoder().encode(text), format);
  } catch (error) {
    return error as SoundBiteError;
  }
  throw new Error('it was read');
};
const verdictOf = (...results: readonly Json[]) => read(log(run(results))).verdict;

describe('a log of SARIF', () => {
  it('passes when each run has results, and no error among them; warnings and notes are counted', () => {
    expect(read(log(run([])))).toEqual({
      format: 'sarif',
      verdict: 'pass',
      facts: [{ name: 'scanner', ok: true, detail: '0 errors, 0 warnings, 0 notes' }],
    });
    expect(read(log(run([result(), result({ level: 'note' }), result({ level: 'none' })])))).toMatchObject({
      verdict: 'pass',
      facts: [{ detail: '0 errors, 1 warnings, 1 notes' }],
    });
  });

  it('names what is an error, with its place', () => {
    const locations = [{ physicalLocation: { artifactLocation: { uri: 'src/a.c' }, region: { startLine: 7 } } }];
    expect(read(log(run([result({ level: 'error', locations })])))).toMatchObject({
      verdict: 'fail',
      facts: [
        { name: 'scanner', ok: false, detail: '1 errors, 0 warnings, 0 notes' },
        { name: 'R1', ok: false, detail: 'src/a.c:7: said' },
      ],
    });
  });

  it.each([
    ['no runs', log(), 'there are no runs in it'],
    ['runs that could not be fetched', { version: '2.1.0', runs: null }, 'there are no runs in it'],
    ['a run without results', log(run([]), run(undefined)), 'it has no results, not even none'],
    ['a run whose results are null', log(run(null)), 'it has no results, not even none'],
    [
      'a tool that failed',
      log(run([], { invocations: [{ executionSuccessful: false }] })),
      'the tool says that it failed',
    ],
    [
      'results in another file',
      log(
        run(undefined, { externalPropertyFileReferences: { results: [{ location: { uri: 'file:///etc/passwd' } }] } }),
      ),
      'its results are in other files, which are not read',
    ],
  ])('with %s is no pass', (_what, value, detail) => {
    const { verdict, facts } = read(value);
    expect(verdict).toBe('fail');
    expect(facts.find(({ ok }) => !ok)?.detail).toContain(detail);
  });

  it('counts no result that is absent, suppressed, or no finding; one whose suppression is open or refused counts', () => {
    const error = { level: 'error' };
    expect(verdictOf(result({ ...error, baselineState: 'absent' }))).toBe('pass');
    expect(verdictOf(result({ ...error, baselineState: 'unchanged' }))).toBe('fail');
    expect(verdictOf(result({ ...error, suppressions: [{ kind: 'inSource' }] }))).toBe('pass');
    expect(verdictOf(result({ ...error, suppressions: [] }))).toBe('fail');
    for (const status of ['underReview', 'rejected'])
      expect(verdictOf(result({ ...error, suppressions: [{ status: 'accepted' }, { status }] }))).toBe('fail');
    for (const kind of ['pass', 'informational', 'notApplicable', 'open', 'review'])
      expect(verdictOf(result({ kind }))).toBe('pass');
    expect(verdictOf(result({ kind: 'pass', ...error }))).toBe('pass');
    expect(verdictOf(result({ kind: 'open', ...error }))).toBe('fail');
    expect(read(log(run([result({ suppressions: [{}] })]))).facts[0]?.detail).toContain('1 suppressed');
  });

  describe('without a level in its results takes that of the rule', () => {
    const rules = [{ id: 'R0' }, { id: 'R1', defaultConfiguration: { level: 'error' } }];
    const extensions = [{ name: 'pack', guid: 'g', rules: [{ id: 'X', defaultConfiguration: { level: 'error' } }] }];
    const tool = { driver: { name: 'scanner', rules }, extensions };
    const errorsOf = (one: Json, more: Json = {}) => read(log(run([one], { tool, ...more }))).facts.length - 1;

    it.each([
      ['by its index', { ruleIndex: 1 }, 1],
      ['by another index', { ruleIndex: 0 }, 0],
      ['by its id', { ruleId: 'R1' }, 1],
      ['by the first part of its id', { ruleId: 'R1/md5' }, 1],
      ['by a reference', { rule: { index: 1 } }, 1],
      ['of an extension by its place', { rule: { index: 0, toolComponent: { index: 0 } } }, 1],
      ['of an extension by its guid', { rule: { id: 'X', toolComponent: { guid: 'g' } } }, 1],
      ['of an extension by its name', { rule: { id: 'X', toolComponent: { name: 'pack' } } }, 1],
      ['of an extension by its id alone', { ruleId: 'X' }, 1],
      ['of a rule that is not there', { ruleId: 'R9', ruleIndex: -1 }, 0],
    ])('%s', (_how, one, errors) => {
      expect(errorsOf(one)).toBe(errors);
    });

    it('unless its invocation says otherwise', () => {
      const override = (index: number, level: string) => ({
        invocations: [{ ruleConfigurationOverrides: [{ descriptor: { index }, configuration: { level } }] }],
      });
      const of = (ruleIndex: number) => ({ ruleIndex, provenance: { invocationIndex: 0 } });
      expect(errorsOf(of(0), override(0, 'error'))).toBe(1);
      expect(errorsOf(of(1), override(1, 'note'))).toBe(0);
      expect(errorsOf(of(1), override(0, 'note'))).toBe(1);
      expect(errorsOf({ ruleIndex: 0 }, override(0, 'error'))).toBe(0);
    });
  });

  it.each([
    ['of another version', '{\n"version": "2.0.0", "runs": []}', 'line 2: version: ', undefined],
    ['without runs', '{"version": "2.1.0"}', 'runs: ', 'sarif' as const],
    [
      'with a level that is none',
      JSON.stringify(log(run([result({ level: 'fatal' })]))),
      'level: Invalid option',
      undefined,
    ],
    ['that is cut off', '{"version": "2.1.0", "runs": [\n{', 'line 2: the file is not valid JSON', undefined],
    ['that is deep', `{"version": "2.1.0", "runs": ${'['.repeat(70)}`, 'nested deeper than 64', undefined],
    ['with results twice', '{"runs": [],\n"runs": []}', 'line 2: the member "runs" is given twice', undefined],
  ])('%s is refused', (_what, text, message, format) => {
    const refusal = refusalOf(text, format);
    expect(refusal.code).toBe('evidence-unreadable');
    expect(refusal.message).toContain(message);
  });
});
