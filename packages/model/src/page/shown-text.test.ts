import { expect, it } from 'vitest';
import { shownText } from './shown-text.ts';

it('what people wrote is shown in whole characters, as long as there is room, in the direction of its letters', () => {
  expect(shownText('<script> חדש 🎉')).toBe('<script> חדש 🎉');
  expect(shownText('a\u202eb\u2066c')).toBe('abc');
  expect(shownText(`publish: sha256:${'0123456789abcdef'.repeat(4)} does not start`)).toBe(
    'publish: 0123456789ab does not start',
  );
  expect(shownText('🎉🎉🎉', 2)).toBe('🎉🎉…');
  expect(shownText('x'.repeat(10_000))).toBe(`${'x'.repeat(240)}…`);
});
