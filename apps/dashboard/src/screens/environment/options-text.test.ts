import { expect, it } from 'vitest';
import { optionsText } from './options-text.ts';

it.each([
  [undefined, ''],
  [{}, ''],
  [{ by: 2, role: 'approver', emulated: { self: true } }, 'by 2, role approver, emulated (self true)'],
  [{ names: ['a', 'b'], within: undefined, seconds: 0 }, 'names a b, seconds 0'],
])('%j', (options, text) => {
  expect(optionsText(options)).toBe(text);
});
