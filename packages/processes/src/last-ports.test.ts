import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeHome } from './home.ts';
import { keepPorts, lastPorts } from './last-ports.ts';

function temporaryPlace() {
  const place = mkdtempSync(join(tmpdir(), 'soundbite-ports-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  return makeHome(join(place, 'home'));
}

it('has what was kept, and nothing before', () => {
  const home = temporaryPlace();
  expect(lastPorts(home)).toEqual(new Map());
  keepPorts(home, new Map([['relay', 9500]]));
  expect(lastPorts(home)).toEqual(new Map([['relay', 9500]]));
});

it('has nothing of a file that somebody emptied, and names one that is no JSON', () => {
  const home = temporaryPlace();
  writeFileSync(home.portsFile, '{}');
  expect(lastPorts(home)).toEqual(new Map());
  writeFileSync(home.portsFile, 'no');
  expect(() => lastPorts(home)).toThrow(`${home.portsFile} is not JSON`);
});
