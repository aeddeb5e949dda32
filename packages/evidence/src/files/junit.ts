import { cutText, type EvidenceFact, type EvidenceReading, nothingSeen } from '@soundbite/model';
import { listed } from './listed.ts';
import { unreadable } from './unreadable.ts';
import { walkXml, type XmlListener } from './xml.ts';

const hint = 'name a report of JUnit’s XML: <testsuites> or <testsuite> around <testcase>';

/** What says that a test did not pass. A test that passed when it was run again (`flakyFailure`) has passed. */
const bad: ReadonlySet<string> = new Set(['failure', 'error', 'rerunFailure', 'rerunError']);

interface Test {
  readonly name: string;
  wrong: string | null;
  skipped: boolean;
}

/** A suite, and the failures and errors that it says it has, beside those that were found in it. */
interface Suite {
  readonly name: string;
  readonly said: number;
  found: number;
}

/**
 * Reads JUnit's XML, as many tools write it. It passes if a test was run, and none failed or errored. A suite that says of more failures than can be found in it
 * does not pass either.
 */
export function readJUnit(bytes: Uint8Array): EvidenceReading {
  const reader = new JUnitReader();
  walkXml(bytes, reader);
  const { tests, wrong } = reader;
  const skipped = tests.filter((test) => test.skipped && test.wrong === null).length;
  const run = tests.length - skipped;
  if (run === 0 && wrong.length === 0)
    return { format: 'junit', verdict: 'fail', facts: [nothingSeen('tests', skippedText(skipped))] };
  const verdict = wrong.length === 0 ? 'pass' : 'fail';
  const detail = `${run} run, ${tests.filter(({ wrong: why }) => why !== null).length} failed${skippedText(skipped)}`;
  return { format: 'junit', verdict, facts: [{ name: 'tests', ok: verdict === 'pass', detail }, ...listed(wrong)] };
}

const skippedText = (skipped: number) => (skipped > 0 ? `, ${skipped} skipped` : '');

class JUnitReader implements XmlListener {
  readonly tests: Test[] = [];
  /** What does not pass: tests, and suites that say so of themselves. */
  readonly wrong: EvidenceFact[] = [];
  readonly #suites: Suite[] = [];
  readonly #open: Test[] = [];
  /** The element that says what is wrong, while it is open: its message, or else its text. */
  #said: { readonly message: string; text: string } | null = null;
  #isRoot = true;

  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void {
    if (this.#isRoot && name !== 'testsuites' && name !== 'testsuite')
      throw unreadable(`the file begins with <${cutText(name, 100)}>`, hint, line);
    this.#isRoot = false;
    if (name === 'testsuites' || name === 'testsuite') this.#suites.push(suiteOf(name, attributes));
    else if (name === 'testcase') this.#open.push(testOf(attributes));
    else if (bad.has(name)) this.#said ??= { message: attributes.message ?? '', text: '' };
    else if (name === 'skipped') this.#mark();
  }

  text(text: string): void {
    if (this.#said && this.#said.text.length < 1000) this.#said.text += cutText(text, 1000);
  }

  close(name: string): void {
    if (name === 'testcase') this.#endTest();
    else if (name === 'testsuites' || name === 'testsuite') this.#endSuite();
    else if (bad.has(name)) this.#endWrong();
  }

  #mark(): void {
    const test = this.#open.at(-1);
    if (test) test.skipped = true;
  }

  /** Of a test, or of a suite that could not begin. */
  #endWrong(): void {
    const detail = this.#said === null ? '' : firstLine(this.#said.message || this.#said.text);
    this.#said = null;
    const test = this.#open.at(-1);
    if (test) test.wrong ??= detail;
    else this.#tell(this.#suites.at(-1)?.name ?? '', detail);
  }

  #endTest(): void {
    const test = this.#open.pop();
    if (!test) return;
    this.tests.push(test);
    if (test.wrong !== null) this.#tell(test.name, test.wrong);
  }

  #tell(name: string, detail: string): void {
    this.wrong.push({ name: cutText(name, 400) || 'a test without a name', ok: false, detail });
    const suite = this.#suites.at(-1);
    if (suite) suite.found++;
  }

  #endSuite(): void {
    const suite = this.#suites.pop();
    if (!suite) return;
    if (suite.said > suite.found) {
      const detail = `it says that ${suite.said} failed, and has ${suite.found}`;
      this.wrong.push({ name: cutText(suite.name, 400), ok: false, detail });
    }
    const around = this.#suites.at(-1);
    if (around) around.found += Math.max(suite.found, suite.said);
  }
}

function suiteOf(element: string, { name, failures, errors }: Readonly<Record<string, string>>): Suite {
  const number = (text = '') => (/^\d{1,9}$/.test(text) ? Number(text) : 0);
  return { name: name || element, said: number(failures) + number(errors), found: 0 };
}

/** GoogleTest says by an attribute that a test was not run. */
function testOf({ name = '', classname, status, result }: Readonly<Record<string, string>>): Test {
  const skipped = status === 'notrun' || result === 'suppressed' || result === 'skipped';
  return { name: classname ? `${classname}: ${name}` : name, wrong: null, skipped };
}

const firstLine = (text: string) => cutText(text.trim().split('\n')[0] ?? '', 500);
