import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

type Colour = readonly [red: number, green: number, blue: number];
type Matrix = readonly [Colour, Colour, Colour];

/** As people see who lack one kind of cones: Machado, Oliveira and Fernandes, 2009, severity 1.0; and who see no colour at all. Chromium emulates the same four. */
const deficiencies: Record<string, Matrix> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
  achromatopsia: [
    [0.2126, 0.7152, 0.0722],
    [0.2126, 0.7152, 0.0722],
    [0.2126, 0.7152, 0.0722],
  ],
};

const tokens = new Map(
  [
    ...readFileSync(new URL('./tokens.css', import.meta.url), 'utf8').matchAll(
      /--(\w+): light-dark\((#\w{6}), (#\w{6})\)/g,
    ),
  ].map(([, name = '', light = '', dark = '']) => [name, { light: colourOf(light), dark: colourOf(dark) }]),
);

function colourOf(hex: string): Colour {
  const part = (from: number) => Number.parseInt(hex.slice(from, from + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}

const within = (value: number) => Math.min(1, Math.max(0, value));
const seen = (colour: Colour, matrix: Matrix): Colour =>
  matrix.map((row) =>
    within(row.reduce((sum, weight, index) => sum + weight * (colour[index] ?? 0), 0)),
  ) as unknown as Colour;

/** WCAG 2.2, relative luminance. */
const linear = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const luminance = (colour: Colour) => {
  const [red, green, blue] = colour.map(linear) as unknown as Colour;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one: Colour, other: Colour) => {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
};

it.each(Object.entries(deficiencies))('each state is readable in both themes (1.4.3): %s', (_, matrix) => {
  expect(tokens.size).toBeGreaterThan(10);
  for (const theme of ['light', 'dark'] as const)
    for (const ink of ['ink', 'dim', 'link', 'good', 'warn', 'bad', 'busy', 'wait'])
      for (const ground of ['ground', 'surface', 'raised']) {
        const [one, other] = [tokens.get(ink)?.[theme], tokens.get(ground)?.[theme]];
        if (!one || !other) throw new Error(`tokens.css has no ${ink} or no ${ground}`);
        expect(contrast(seen(one, matrix), seen(other, matrix)), `${ink} on ${ground}, ${theme}`).toBeGreaterThan(4.5);
      }
});
