import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, vi } from 'vitest';

/**
 * Set up before each file of unit tests. They share their workers, and so the modules that they import: to load these anew for each file cost more than the tests themselves.
 * So a file must leave the process as it found it, or it fails here; and a file that puts others in the place of modules has all modules for itself.
 */

const mocks = /\bvi\.(mock|doMock)\(/.test(readFileSync(expect.getState().testPath ?? '', 'utf8'));
if (mocks) vi.resetModules();

/** What a test may change and the tests of other files would see. */
const found = () =>
  new Map<string, unknown>([
    ...Object.entries(process.env).map(([name, value]) => [`process.env.${name}`, value] as const),
    ...process.eventNames().map((name) => [`listeners of ${String(name)}`, process.listenerCount(name)] as const),
    ...Object.getOwnPropertyNames(globalThis)
      .filter((name) => !replaced.has(name))
      .map((name) => [`globalThis.${name}`, globalOf(name)] as const),
    ['process.cwd()', process.cwd()],
    ['process.umask()', process.umask()],
    ['process.exitCode', process.exitCode],
    ['fake timers', vi.isFakeTimers()],
  ]);

/** Put there by packages when they are loaded: the HTTP server's puts its own in place of these two, the AWS SDK's clients add the third. */
const replaced = new Set(['Request', 'Response', 'awslambda']);
/** Node loads most of its globals when they are first read: until then there is nothing to compare. */
const globalOf = (name: string) => Object.getOwnPropertyDescriptor(globalThis, name)?.value;

let before: ReturnType<typeof found>;
beforeAll(() => {
  before = found();
});
afterAll(() => {
  if (mocks) vi.resetModules();
  const after = found();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !Object.is(before.get(name), after.get(name)),
  );
  expect(changed, 'a test file leaves the process as it found it: other files run in it').toEqual([]);
});
