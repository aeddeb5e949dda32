import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The colour deficiencies that Chromium emulates, and none. */
const sights = ['none', 'protanopia', 'deuteranopia', 'tritanopia', 'achromatopsia'] as const;

/** The shape of each tone of state that a page shows; fails where one has no word, cannot be seen, or shares or changes its shape, whatever colours one sees. */
export async function shapesOfStates(page: Page): Promise<ReadonlyMap<string, string>> {
  const session = await page.context().newCDPSession(page);
  const shapes = new Map<string, string>();
  for (const type of sights) {
    await session.send('Emulation.setEmulatedVisionDeficiency', { type });
    // At one moment: what is seen may be gone in the next.
    const marks = await page.locator('main .state').evaluateAll((all) =>
      all.map((one) => {
        const { clipPath, borderStyle, backgroundColor, width } = one.ownerDocument.defaultView.getComputedStyle(
          one,
          '::before',
        );
        const isFilled = backgroundColor !== 'rgba(0, 0, 0, 0)';
        return [
          one.className,
          `${clipPath} ${borderStyle}`,
          one.textContent,
          Number.parseFloat(width) > 5 && (isFilled || borderStyle === 'solid'),
        ] as const;
      }),
    );
    for (const [tone = '', shape = '', word = '', isSeen] of marks) {
      expect([word.trim() === '', isSeen], `${tone} ${type}`).toEqual([false, true]);
      expect(shapes.get(tone) ?? shape).toBe(shape);
      shapes.set(tone, shape);
    }
  }
  expect(new Set(shapes.values()).size).toBe(shapes.size);
  return shapes;
}
