import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programNames } from '@soundbite/model/programs.ts';
import { describe, expect, it } from 'vitest';
import { asPackaged, codeAsPackaged, packagedPage } from './texts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What the package has for people: decisions are the repository's own history. */
const texts = ['docs/guides', 'docs/reference', 'docs/runbooks', 'docs/tutorials', 'scripts/completion'].flatMap(
  (top) => readdirSync(join(root, top)).map((name) => join(top, name)),
);

describe('a text in the npm package', () => {
  it.each([
    ['Start with `./scripts/soundbite.sh doctor`', 'Start with `npx soundbite doctor`'],
    ['<the repository of SoundBite>/scripts/soundbite.sh init', 'npx soundbite init'],
    ['run(["./scripts/soundbite.sh", "aws", name])', 'run(["npx", "soundbite", "aws", name])'],
    ['./scripts/soundbite.sh --version && npm run package', './scripts/soundbite.sh --version && npm run package'],
    ['see docs/reference/errors.md', 'see docs/reference/errors.md'],
  ])('says %j as %j', (here, there) => expect(asPackaged(here)).toBe(there));

  it('of its code names docs where they are', () => {
    expect(codeAsPackaged('see docs/reference/errors.md, or ./scripts/soundbite.sh up')).toBe(
      'see node_modules/soundbite/docs/reference/errors.md, or npx soundbite up',
    );
  });

  it('of the page is told in its scripts, and nothing else of it is touched', () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const picture = { type: 'image/png', base64: base64('./scripts/soundbite.sh') };
    const script = (text: string) => ({ type: 'text/javascript; charset=utf-8', base64: base64(text) });
    const page = { format: 1, inputs: {}, licenses: '', bytes: { firstScripts: 1, all: 1 } } as const;
    const told = packagedPage({
      ...page,
      index: '<p>',
      assets: { 'a.png': picture, 'a.js': script('"./scripts/soundbite.sh promote"') },
    });
    expect(told).toEqual({
      ...page,
      index: '<p>',
      assets: { 'a.png': picture, 'a.js': script('"npx soundbite promote"') },
    });
  });

  it('names the program as it is called there, in all docs and completions', () => {
    const naming = texts.filter((file) => readFileSync(join(root, file), 'utf8').includes(programNames.repository));
    expect(naming.length).toBeGreaterThan(10);
    for (const file of naming) {
      const told = asPackaged(readFileSync(join(root, file), 'utf8'));
      const left = told.split('\n').filter((line) => /soundbite\.sh /.test(line));
      expect(
        left.filter((line) => !/npm run package|^complete |^for name |compdef/.test(line)),
        file,
      ).toEqual([]);
    }
  });
});
