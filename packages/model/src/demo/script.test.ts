import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { demoFile, editedFiles, parseDemoScript } from './script.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8');
const release = (...edits: { file: string; from: string; to: string }[]) => ({ subject: 'Break it', edits });

describe('what a service is shown by', () => {
  it('is read, and its edits fit the service of this repository as it stands', () => {
    const script = parseDemoScript({ file: demoFile, text: read(demoFile) });
    if (typeof script === 'string') throw new Error(script);
    for (const one of Object.values(script.releases)) {
      const [[file, text] = ['', '']] = [...editedFiles(one, read)];
      expect(text).not.toBe(read(file));
    }
  });

  it('says all that is wrong with it, with its line', () => {
    const text = read(demoFile)
      .replace(/^asks: .*$/m, 'asks: prices')
      .replace('version: 1', 'version: 2\nsleeps: 3');
    expect(parseDemoScript({ file: demoFile, text })).toMatch(
      /demo\/demo.yaml:\d+ version: .*\n.*asks: .*\n.*sleeps: is not a known key/,
    );
    expect(parseDemoScript({ file: demoFile, text: 'releases: [' })).toMatch(/^demo\/demo.yaml:1 /);
  });

  it('edits a text that stands there once, one after the other, and refuses any other', () => {
    const files = () => 'one two two';
    const edits = release({ file: 'a', from: 'one', to: '$&1' }, { file: 'a', from: '$&1', to: 'three' });
    expect([...editedFiles(edits, files)]).toEqual([['a', 'three two two']]);
    expect(() => editedFiles(release({ file: 'a', from: 'two', to: '' }), files)).toThrow(
      'a has 2 places, not one, that read: two',
    );
    expect(() => editedFiles(release({ file: 'a', from: 'four', to: '' }), files)).toThrow('a has 0 places');
  });
});
