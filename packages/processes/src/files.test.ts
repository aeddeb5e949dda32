import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJson, writeWhole } from './files.ts';
import { openLogFile, rotate, tail } from './logs.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'soundbite-files-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('writeWhole', () => {
  it('replaces a file, for its owner only, and leaves nothing beside it', () => {
    const path = join(directory, 'a.json');
    writeWhole(path, '{"a":1}');
    writeWhole(path, '{"a":2}');
    expect(readJson(path)).toEqual({ a: 2 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['a.json']);
  });

  it('says what is wrong with what it cannot read', () => {
    expect(readJson(join(directory, 'none'))).toBeNull();
    writeFileSync(join(directory, 'torn'), '{"a":');
    expect(() => readJson(join(directory, 'torn'))).toThrow(expect.objectContaining({ code: 'state-unreadable' }));
  });
});

describe('a log', () => {
  it('is rotated under its writer, who goes on in the emptied file', () => {
    const path = join(directory, 'a.log');
    const writer = openLogFile(path);
    writeSync(writer, 'x'.repeat(1_000));
    rotate(path, 2_000);
    expect(statSync(path).size).toBe(1_000);
    writeSync(writer, 'y'.repeat(1_001));
    rotate(path, 2_000);
    writeSync(writer, 'next\n');
    closeSync(writer);
    expect(readFileSync(path, 'utf8')).toBe('next\n');
    expect(statSync(`${path}.1`).size).toBe(2_001);
  });

  it('shows its last lines', () => {
    const path = join(directory, 'a.log');
    expect(tail(path, 3)).toBe('');
    for (let i = 0; i < 5_000; i += 1) appendFileSync(path, `line ${i}\n`);
    expect(tail(path, 2)).toBe('line 4998\nline 4999');
  });
});
