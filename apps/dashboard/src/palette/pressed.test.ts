import { expect, it, onTestFinished, vi } from 'vitest';
import { keeps, keptSingle, pressed } from './pressed.ts';

const field = { matches: () => true } as unknown as EventTarget;
const press = (key: string, more: object = {}) => ({
  ...{ key, ctrlKey: false, metaKey: false, altKey: false, target: null },
  ...more,
});

it('Ctrl-K and Cmd-K count everywhere, single keys not where somebody writes, nor where they are off', () => {
  expect(pressed(press('k', { ctrlKey: true, target: field }), false)).toBe('palette');
  expect(pressed(press('K', { metaKey: true }), true)).toBe('palette');
  expect(pressed(press('k'), true)).toBeNull();
  expect(pressed(press('?'), true)).toBe('keys');
  expect(pressed(press('/'), true)).toBe('find');
  expect(pressed(press('?', { target: field }), true)).toBeNull();
  expect(pressed(press('?'), false)).toBeNull();
  expect(pressed(press('k', { ctrlKey: true, altKey: true }), true)).toBeNull();
});

it('keys work in a browser that lets the page keep nothing', () => {
  const refused = () => {
    throw new DOMException('access is denied', 'SecurityError');
  };
  vi.stubGlobal('localStorage', { getItem: refused, setItem: refused });
  onTestFinished(() => void vi.unstubAllGlobals());
  keeps(false);
  expect(keptSingle()).toBe(true);
});
