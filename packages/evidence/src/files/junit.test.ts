import type { SoundBiteError } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { readEvidence } from './read.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readEvidence(bytes(text));
const refusalOf = (content: Uint8Array): SoundBiteError => {
  try {
    readEvidence(content);
  } catch (error) {
    return error as SoundBiteError;
  }
  throw new Error('it was read');
};
const suite = (inside: string, attributes = '') => `<testsuite name="s" ${attributes}>${inside}</testsuite>`;
const bad = '<testcase name="b"><failure message="no"/></testcase>';

/** As the tools write them. */
const pytest = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="0" failures="1" skipped="1" tests="3" time="0.041">
<testcase classname="tests.test_orders" name="test_total" time="0.001" />
<testcase classname="tests.test_orders" name="test_tax" time="0.002"><failure message="assert 3 == 4">def test_tax():
&gt;       assert 3 == 4</failure></testcase>
<testcase classname="tests.test_orders" name="test_later" time="0.000"><skipped type="pytest.skip" message="later">x</skipped></testcase></testsuite></testsuites>`;
const surefire = `\ufeff<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="com.example.OrdersTest" time="0.05" tests="2" errors="0" skipped="0" failures="0" flakes="1">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="totals" classname="com.example.OrdersTest" time="0.02"><system-out><![CDATA[a <b> & c]]></system-out></testcase>
  <testcase name="retries" classname="com.example.OrdersTest" time="0.03"><flakyFailure message="once">at x</flakyFailure></testcase>
</testsuite>`;
const jest = `<testsuites name="jest tests" tests="2" failures="0" errors="1">
 <testsuite name="math" errors="1" failures="0" tests="2"><testsuite name="inner"><testcase name="adds"/></testsuite>
 <testcase name="divides"><error><![CDATA[
   Error: by zero
     at divide]]></error></testcase></testsuite></testsuites>`;
const googletest = `<testsuites><testsuite name="A"><testcase name="runs" status="run" result="completed"/><testcase name="DISABLED_not" status="notrun" result="suppressed"/></testsuite></testsuites>`;

describe('a report of JUnit’s XML', () => {
  it('passes when a test was run and none failed or errored', () => {
    expect(read(surefire)).toEqual({
      format: 'junit',
      verdict: 'pass',
      facts: [{ name: 'tests', ok: true, detail: '2 run, 0 failed' }],
    });
    expect(read(googletest)).toMatchObject({ verdict: 'pass', facts: [{ detail: '1 run, 0 failed, 1 skipped' }] });
  });

  it('names the tests that failed, with their message or the first line of their text', () => {
    expect(read(pytest)).toEqual({
      format: 'junit',
      verdict: 'fail',
      facts: [
        { name: 'tests', ok: false, detail: '2 run, 1 failed, 1 skipped' },
        { name: 'tests.test_orders: test_tax', ok: false, detail: 'assert 3 == 4' },
      ],
    });
    expect(read(jest).facts).toEqual([
      { name: 'tests', ok: false, detail: '2 run, 1 failed' },
      { name: 'divides', ok: false, detail: 'Error: by zero' },
    ]);
  });

  it.each([
    ['no test', suite('')],
    ['no suite', '<testsuites/>'],
    ['skipped tests alone', suite('<testcase name="a"><skipped/></testcase>')],
  ])('with %s is no pass', (_what, text) => {
    expect(read(text)).toMatchObject({ verdict: 'fail', facts: [{ name: 'tests', ok: false }] });
  });

  it.each([
    ['a suite that could not begin', suite('<error message="no database"/><testcase name="a"/>'), 's', 'no database'],
    [
      'a suite that says of more failures than it has',
      suite('<testcase name="a"/>', 'failures="1" errors="1"'),
      's',
      'it says that 2 failed, and has 0',
    ],
    [
      'a sum that says so',
      `<testsuites failures="3">${suite(bad)}</testsuites>`,
      'testsuites',
      'it says that 3 failed, and has 1',
    ],
    [
      'a test that failed again and again',
      suite('<testcase name="a"><rerunFailure message="x"/></testcase>'),
      'a',
      'x',
    ],
    ['a test without a name', suite('<testcase><failure>y</failure></testcase>'), 'a test without a name', 'y'],
    ['a skipped test that failed', suite('<testcase name="a"><skipped/><error/></testcase>'), 'a', ''],
  ])('with %s does not pass', (_what, text, name, detail) => {
    const { verdict, facts } = read(text);
    expect(verdict).toBe('fail');
    expect(facts.at(-1)).toEqual({ name, ok: false, detail });
  });

  it('counts what failed in inner suites once', () => {
    const inner = suite(bad, 'failures="1"');
    expect(read(`<testsuites failures="1">${suite(inner, 'failures="1"')}</testsuites>`).facts).toHaveLength(2);
  });

  it('of a thousand failures keeps a hundred, and says how many more there are', () => {
    const { facts } = read(suite(bad.repeat(1000)));
    expect(facts).toHaveLength(102);
    expect(facts.at(-1)).toEqual({ name: '900 more', ok: false, detail: 'see the file' });
  });

  it.each([
    [
      'entities that grow',
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<testsuite name="&b;"/>',
      'has a document type',
    ],
    ['a file of this machine', '<!DOCTYPE x SYSTEM "file:///etc/passwd">\n<testsuite/>', 'has a document type'],
    ['an unknown entity', suite('<testcase name="&passwd;"/>'), 'undefined entity'],
    ['another root', '<html>\n<testcase name="a"/></html>', 'begins with <html>'],
    ['an end that is missing', '<testsuite>\n<testcase name="a"/>', 'not well-formed XML'],
    ['two roots', '<testsuite/>\n<testsuite/>', 'not well-formed XML'],
    ['an attribute twice', '<testsuite failures="1" failures="0"/>', 'not well-formed XML'],
    ['a NUL', suite('<testcase name="a\0"/>'), 'not well-formed XML'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite/>', 'says that it is in ISO-8859-1'],
    ['depth', `${'<testsuite>'.repeat(65)}`, 'nested deeper than 64'],
    [
      'too many attributes',
      `<testsuite ${Array.from({ length: 101 }, (_, i) => `a${i}=""`).join(' ')}/>`,
      'more than 100 attributes',
    ],
    ['too many elements', suite('<a/>'.repeat(300_000)), 'more than 300000 elements'],
  ])('with %s is refused, with the line', (_what, text, message) => {
    const refusal = refusalOf(bytes(text));
    expect(refusal).toMatchObject({ code: 'evidence-unreadable', line: expect.any(Number) });
    expect(refusal.message).toMatch(/^line \d+: /);
    expect(refusal.message).toContain(message);
  });

  it('of bytes that are not UTF-8 is refused', () => {
    expect(refusalOf(Buffer.concat([bytes('<testsuite name="'), Buffer.from([0xe9]), bytes('"/>')])).message).toBe(
      'the file is not UTF-8',
    );
  });

  it('is read only as such where its format is named', () => {
    expect(() => readEvidence(bytes('{"verdict":"pass","facts":[]}'), 'junit')).toThrow('not well-formed XML');
    expect(() => readEvidence(bytes(surefire), 'json')).toThrow('not valid JSON');
  });
});
