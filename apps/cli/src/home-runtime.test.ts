import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { beginWithRuntime, runtimeOfHome } from './home-runtime.ts';

let home: string;
beforeEach(() => {
  home = join(mkdtempSync(join(tmpdir(), 'soundbite-runtime-of-')), 'home');
});
afterEach(() => rmSync(join(home, '..'), { recursive: true, force: true }));

it('a home that is begun with containers keeps to them, asked again or not', () => {
  expect(runtimeOfHome(home)).toBeNull();
  beginWithRuntime({ home }, 'compose');
  writeFileSync(join(home, 'home.json'), '{}');
  beginWithRuntime({ home }, 'compose');
  expect(runtimeOfHome(home)).toBe('compose');
});

it('one that was begun otherwise is refused with the way, and stays as it is', () => {
  expect(() => beginWithRuntime({ home }, 'aws')).toThrow('--runtime is "aws"; it can be compose');
  beginWithRuntime({ home }, 'compose');
  rmSync(join(home, 'runtime-compose'));
  writeFileSync(join(home, 'home.json'), '{}');
  expect(() => beginWithRuntime({ home }, 'compose')).toThrow(
    expect.objectContaining({ code: 'runtime-in-place', hint: expect.stringContaining('SOUNDBITE_HOME=') }),
  );
  expect(runtimeOfHome(home)).toBeNull();
});
