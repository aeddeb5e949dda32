import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { errorCodes, isErrorCode } from '../packages/model/src/error-codes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Sources that run: no tests, no fakes, and not the service, whose problems (RFC 9457) are its own. */
const sources = ['packages', 'apps', 'cdk', 'scripts', 'tools'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .map((path) => join(top, path))
    .filter(
      (path) =>
        /(?<!\.test)\.(ts|js|mjs|py|sh)$/.test(path) && !/node_modules|apps\/service|error-codes|testing/.test(path),
    )
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
);

/** Codes as they are thrown, answered or handed on; the form of a code keeps the SDK's and Node's own out. */
const forms = [
  /new SoundBiteError\(\s*'([^']+)'/g,
  /\brefusal\(\s*'([^']+)'/g,
  /(?:\breturn|=>) error\('([a-z-]+)'/g,
  /"error": *\{ *"code": *"([a-z-]+)"/g,
  // What is emitted is an event, whose name is its own affair.
  /(?<!emit\(\{ )\bcode: '([a-z]+(?:-[a-z]+)*)', message/g,
];

const thrownIn = (text: string) => forms.flatMap((form) => [...text.matchAll(form)].map(([, code = '']) => code));

it('every code that is thrown, answered or handed on has its row', () => {
  const thrown = sources.flatMap(({ path, text }) => thrownIn(text).map((code) => `${code} (${path})`));
  expect(sources.length).toBeGreaterThan(400);
  expect(thrown.length).toBeGreaterThan(150);
  expect(thrown.filter((one) => !isErrorCode(one.split(' ')[0] ?? ''))).toEqual([]);
});

it('no row is unused', () => {
  const named = sources.map(({ text }) => text).join('\n');
  const isUsed = (code: string) => named.includes(`'${code}'`) || named.includes(`"${code}"`);
  // `synthesis` and `sbom` fail under the names of the children that do them.
  const composed = new Set(['sbom-failed', 'synthesis-failed']);
  expect(Object.keys(errorCodes).filter((code) => !isUsed(code) && !composed.has(code))).toEqual([]);
});

it('nobody says of a code who can fix it but its row', () => {
  const said = sources.filter(({ text }) => /\bsource: '(user|system)'/.test(text)).map(({ path }) => path);
  expect(said).toEqual([]);
});

it('what rows say fits together', () => {
  for (const [code, { source, verdict, retry, exit, meaning, hint }] of Object.entries(errorCodes)) {
    // Who blames a release or a request blames nobody's machinery, and no try changes that.
    if (verdict !== 'machinery')
      expect({ code, source, retry, isOurs: exit === 3 }).toEqual({
        code,
        source: 'user',
        retry: 'never',
        isOurs: false,
      });
    if (verdict === 'release') expect({ code, exit }).toEqual({ code, exit: 1 });
    if (source === 'system') expect({ code, verdict, exit }).toEqual({ code, verdict: 'machinery', exit: 3 });
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(`${meaning}${hint}`).not.toMatch(/\|\n/);
  }
});

it('would find a code without a row', () => {
  const text =
    "throw new SoundBiteError(\n  'not-in-it', 'x');\nthrow refusal('nor-this', 'y')\n{ code: 'odd-one', message }";
  expect(thrownIn(text)).toEqual(['not-in-it', 'nor-this', 'odd-one']);
  expect(thrownIn(text).filter(isErrorCode)).toEqual([]);
});
