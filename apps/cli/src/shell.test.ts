import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { declaredAround } from './shell.ts';

const place = mkdtempSync(join(tmpdir(), 'soundbite-shell-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

it('the npm package delivers the service around the directory that a command is given in', () => {
  const inside = join(place, 'service/src/deep');
  mkdirSync(inside, { recursive: true });
  expect(declaredAround(inside)).toBe(inside);
  writeFileSync(join(place, 'service/service.yaml'), '');
  expect(declaredAround(inside)).toBe(join(place, 'service'));
  expect(declaredAround(place)).toBe(place);
});
