import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { a, json, setChain } from './testing/chain.ts';
import type { CliStage } from './testing/stage.ts';

const place = mkdtempSync(join(tmpdir(), 'evidence-'));
afterAll(() => rmSync(place, { recursive: true }));
let stage: CliStage;
beforeEach(async () => {
  stage = await setChain();
});
afterEach(() => stage.close());

const written = (name: string, content: string) => {
  const path = join(place, name);
  writeFileSync(path, content);
  return path;
};
const reviewed = written('review.json', '{"verdict":"pass","facts":[{"name":"two people","ok":true,"detail":"a, b"}]}');
const refused = written('no.json', '{"verdict":"fail","facts":[{"name":"two people","ok":false,"detail":"one"}]}');
const add = (file: string, ...more: string[]) =>
  stage.run('evidence', 'add', 'aaaa', 'review', '--file', file, ...more);

describe('evidence', () => {
  it('is added, listed and shown; one that says fail is recorded too, and replaces what said pass', async () => {
    const added = json(await add(reviewed, '--url', 'https://ci.example.com/7', '--json'));
    expect(added).toMatchObject({ release: a, kind: 'review', verdict: 'pass', url: 'https://ci.example.com/7' });
    const failed = await add(refused);
    expect(failed).toEqual({
      exit: 0,
      stdout: 'review of aaaaaaaaaaaa: fail  e-2\n  ✗ two people: one\n',
      stderr: '',
    });
    const lines = (await stage.run('evidence', 'list', 'aaaa')).stdout.split('\n');
    expect(lines.map((line) => line.replace(/\d{4}-\S+ \S+/, 'TIME'))).toEqual([
      'kind    verdict         at                   by     evidence',
      'review  fail            TIME  local  e-2',
      'review  pass, replaced  TIME  local  e-1',
      '',
    ]);
    const shown = await stage.run('evidence', 'show', 'e-1');
    expect(shown.stdout).toContain('verdict  pass; a newer one of its kind counts\n');
    expect(shown.stdout).toContain('see      https://ci.example.com/7\n');
    expect(json(await stage.run('evidence', 'show', 'e-1', '--json'))).toEqual({ ...added, newest: false });
  });

  it('gives its file back, and writes over none', async () => {
    await add(reviewed);
    const copy = join(place, 'copy.json');
    expect(await stage.run('evidence', 'show', 'e-1', '--save', copy)).toMatchObject({ exit: 0 });
    expect(readFileSync(copy)).toEqual(readFileSync(reviewed));
    const again = await stage.run('evidence', 'show', 'e-1', '--save', copy);
    expect(again).toMatchObject({ exit: 2, stderr: expect.stringContaining('EEXIST') });
  });

  it('that cannot be read is refused with the line, exit 2, and nothing is kept', async () => {
    const huge = written('huge.json', '');
    truncateSync(huge, 2 ** 23 + 1);
    for (const [file, said] of [
      [written('half.json', '{"verdict": "pass",'), 'line 1: '],
      [join(place, 'nosuch.json'), 'cannot be read: ENOENT'],
      [place, 'is not a file'],
      [huge, 'has 8388609 bytes; 8388608 are allowed'],
    ] as const)
      expect(await add(file)).toMatchObject({ exit: 2, stderr: expect.stringContaining(said) });
    expect(await stage.run('evidence', 'add', 'aaaa', 'review')).toMatchObject({
      exit: 2,
      stderr: 'error: evidence is a file\n    → add --file <file>\n',
    });
    expect(await add(reviewed, '--format', 'xml')).toMatchObject({
      exit: 2,
      stderr: 'error: --format xml is none that is read\n    → use json, junit, sarif\n',
    });
    const kind = await stage.run('evidence', 'add', 'aaaa', 'Code Review', '--file', reviewed, '--json');
    expect(kind.exit).toBe(2);
    expect(json(kind).error).toMatchObject({ message: expect.stringContaining('is not a kind of evidence') });
    expect(json(await stage.run('evidence', 'list', 'aaaa', '--json'))).toEqual({ evidence: [] });
  });
});
