/** Files that pipelines write, and files that nobody should: what each says, or that it is refused. */
export interface EvidenceFile {
  readonly name: string;
  readonly text: string;
  readonly says: 'pass' | 'fail' | 'unreadable' | 'too large';
}

const junit = (inside: string) =>
  `<?xml version="1.0"?>\n<testsuites><testsuite name="greeter">${inside}</testsuite></testsuites>`;
const sarif = (results: readonly object[] | undefined) =>
  JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'scan' } }, ...(results ? { results } : {}) }] });
const billion = `<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<testsuite name="&b;"/>`;
const outside = `<?xml version="1.0"?>\n<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<testsuite><testcase name="&x;"/></testsuite>`;

/** Ending with one that passes in each format, so that the newest lets in. */
export const evidenceFiles: readonly EvidenceFile[] = [
  { name: 'cut-off.xml', text: '<testsuite><testcase name="greets">', says: 'unreadable' },
  { name: 'entities.xml', text: billion, says: 'unreadable' },
  { name: 'outside.xml', text: outside, says: 'unreadable' },
  { name: 'deep.json', text: `${'['.repeat(100_000)}${']'.repeat(100_000)}`, says: 'unreadable' },
  { name: 'deep.xml', text: junit('<a>'.repeat(1_000) + '</a>'.repeat(1_000)), says: 'unreadable' },
  { name: 'mistyped.json', text: '{"verdict":"passed","facts":[]}', says: 'unreadable' },
  {
    name: 'contradicts.json',
    text: '{"verdict":"pass","facts":[{"name":"two people","ok":false}]}',
    says: 'unreadable',
  },
  { name: 'nothing', text: '', says: 'unreadable' },
  {
    name: 'oversized.json',
    text: `{"verdict":"pass","facts":[],"more":"${'a'.repeat(8 * 1024 * 1024)}"}`,
    says: 'too large',
  },
  { name: 'no-tests.xml', text: junit(''), says: 'fail' },
  { name: 'broken.xml', text: junit('<testcase name="greets"><failure message="Hullo"/></testcase>'), says: 'fail' },
  { name: 'not-run.sarif', text: sarif(undefined), says: 'fail' },
  { name: 'found.sarif', text: sarif([{ level: 'error', message: { text: 'a hole' } }]), says: 'fail' },
  { name: 'nobody-looked.json', text: '{"verdict":"pass","facts":[]}', says: 'fail' },
  { name: 'clean.sarif', text: sarif([]), says: 'pass' },
  { name: 'reviewed.json', text: '{"verdict":"pass","facts":[{"name":"two people","ok":true}]}', says: 'pass' },
  { name: 'passed.xml', text: junit('<testcase name="greets"/>'), says: 'pass' },
];
