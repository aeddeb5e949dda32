type Values = readonly (number | null)[];

/** Sparks are drawn this high; each value is one wide. */
export const sparkHeight = 20;

/** Where such a part of all failed (0..1), a spike is as high as it gets. */
export const highestFailed = 0.1;

/** Neighbours taken together by `join`; null where nobody knows any of them. */
export const grouped = (values: Values, size: number, join: (known: readonly number[]) => number): Values =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) => {
    const known = values.slice(index * size, (index + 1) * size).filter((value) => value !== null);
    return known.length === 0 ? null : join(known);
  });

export const sumOfAll = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** So high a value is drawn; what is there at all can be seen. */
const heightOf = (value: number, most: number): number =>
  value <= 0 || most <= 0 ? 0 : Math.max(1.5, Math.min(1, value / most) * sparkHeight);

const round = (value: number): number => Math.round(value * 100) / 100;

/** A bar for each value, as an SVG path. */
export const barsPath = (values: Values, most = Math.max(0, ...values.map((value) => value ?? 0))): string =>
  values
    .map((value, index) => {
      const height = round(heightOf(value ?? 0, most));
      return height === 0 ? '' : `M${index + 0.1} ${sparkHeight}v-${height}h.8v${height}z`;
    })
    .join('');

/** A pointed one for each value, so that it is told from a bar without its colour. */
export const spikesPath = (values: Values, most: number): string =>
  values
    .map((value, index) => {
      const height = round(heightOf(value ?? 0, most));
      return height === 0 ? '' : `M${index} ${sparkHeight}l.5-${height} .5 ${height}z`;
    })
    .join('');

/** A line through all values, broken where there is none; one that stands alone is a dash. */
export function linePath(values: Values): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const place = (value: number) => round(sparkHeight - 1 - (most > 0 ? value / most : 0) * (sparkHeight - 2));
  return values
    .map((value, index) => {
      if (value === null) return '';
      const isFirst = index === 0 || values[index - 1] === null;
      return isFirst ? `M${index} ${place(value)}h1` : `L${index + 0.5} ${place(value)}`;
    })
    .join('');
}

/** The ground under what is known; it is missing where nobody knows. */
export const groundPath = (values: Values): string =>
  values.map((value, index) => (value === null ? '' : `M${index} ${sparkHeight}h1`)).join('');
