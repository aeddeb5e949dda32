import { VULGAR } from './rules/rule.ts';

/** A number as it is written beside a dash, with its unit if it has one of the table. */
export interface Quantity {
  readonly amount: number;
  readonly unit?: string | undefined;
  /** Written with a slash: `1/2`; it may be a date, too. */
  readonly slash: boolean;
  /** Written with a fraction in one character, or as infinity: no plain number. */
  readonly special: boolean;
}

/** What a unit measures, and how many of the least there it is. */
const UNITS: Readonly<Record<string, readonly [string, number]>> = {
  mg: ['mass', 0.001], g: ['mass', 1], kg: ['mass', 1000], t: ['mass', 1e6], oz: ['mass', 28.35], lb: ['mass', 453.6], lbs: ['mass', 453.6],
  µm: ['length', 1e-6], μm: ['length', 1e-6], mm: ['length', 0.001], cm: ['length', 0.01], m: ['length', 1], km: ['length', 1000], in: ['length', 0.0254], ft: ['length', 0.3048], yd: ['length', 0.9144], mi: ['length', 1609],
  '"': ['length', 0.0254], '″': ['length', 0.0254], '”': ['length', 0.0254], "'": ['length', 0.3048], '′': ['length', 0.3048], '’': ['length', 0.3048],
  'm²': ['area', 1], 'cm²': ['area', 1e-4], 'km²': ['area', 1e6], 'm³': ['volume', 1000], 'cm³': ['volume', 0.001], ml: ['volume', 0.001], mL: ['volume', 0.001], cl: ['volume', 0.01], l: ['volume', 1], L: ['volume', 1],
  tsp: ['volume', 0.005], tbsp: ['volume', 0.015], cup: ['volume', 0.24], cups: ['volume', 0.24],
  ms: ['time', 0.001], s: ['time', 1], sec: ['time', 1], min: ['time', 60], h: ['time', 3600], hr: ['time', 3600], hrs: ['time', 3600],
  '%': ['share', 1], '‰': ['share', 0.1], '°': ['angle', 1], '°C': ['heat', 1], '℃': ['heat', 1], '°F': ['heat in Fahrenheit', 1], '℉': ['heat in Fahrenheit', 1],
  '€': ['euro', 1], '£': ['pound', 1], '¢': ['cent', 1], V: ['volt', 1], W: ['watt', 1], kW: ['watt', 1000], MW: ['watt', 1e6], A: ['ampere', 1], Hz: ['hertz', 1], kHz: ['hertz', 1e3], MHz: ['hertz', 1e6], GHz: ['hertz', 1e9],
  KB: ['bytes', 1e3], kB: ['bytes', 1e3], MB: ['bytes', 1e6], GB: ['bytes', 1e9], TB: ['bytes', 1e12], mph: ['speed in miles', 1], 'km/h': ['speed', 1], 'm/s': ['speed', 3.6],
  am: ['clock', 1], pm: ['clock', 1], AM: ['clock', 1], PM: ['clock', 1],
}; // biome-ignore format: a table

const UNIT = Object.keys(UNITS)
  .sort((one, other) => other.length - one.length)
  .join('|');
const NUMBER = String.raw`\d+(?:,\d{3})*(?:\.\d+)?(?::[0-5]\d)?|∞`;
const QUANTITY = String.raw`(?:(?<number>${NUMBER})(?: (?=\d+[/⁄])| ?(?=${VULGAR})|(?![\d/⁄ ]*[/⁄]\d)))?(?:(?<over>\d+)(?<slash>[/⁄])(?<under>\d+)|(?<vulgar>${VULGAR}))?`;
const BEFORE = new RegExp(
  String.raw`(?<![\p{L}\d.,/⁄])(?<minus>(?<![\p{L}\d)])[-−])?${QUANTITY}(?:[ \u00a0]?(?<unit>${UNIT}))?$`,
  'u',
);
const AFTER = new RegExp(
  String.raw`^(?<minus>[-−])?${QUANTITY}(?:[ \u00a0]?(?<unit>${UNIT}))?(?![\p{L}\d/⁄]|[.,]\d)`,
  'u',
);

/** The quantity that a text ends with. */
export function quantityBefore(text: string): Quantity | undefined {
  return quantityOf(BEFORE.exec(text)?.groups);
}

/** The quantity that a text begins with. */
export function quantityAfter(text: string): Quantity | undefined {
  return quantityOf(AFTER.exec(text)?.groups);
}

/** What a quantity measures; of what its unit is not known, nothing. */
export function measureOf({ unit }: Quantity): string | undefined {
  return unit === undefined ? undefined : UNITS[unit]?.[0];
}

/** How much a quantity is, so that those of one measure can be compared. */
export function sizeOf({ amount, unit }: Quantity): number {
  return amount * (unit === undefined ? 1 : (UNITS[unit]?.[1] ?? 1));
}

function quantityOf(groups: Record<string, string | undefined> | undefined): Quantity | undefined {
  const { number, over, under, slash, vulgar, unit, minus } = groups ?? {};
  if (number === undefined && over === undefined && vulgar === undefined) return undefined;
  const whole =
    number === '∞' ? Number.POSITIVE_INFINITY : Number((number ?? '0').replaceAll(',', '').replace(':', '.'));
  const [top = '0', bottom = '1'] = vulgar === undefined ? [over, under] : vulgar.normalize('NFKC').split('⁄');
  const amount = (whole + Number(top) / Number(bottom)) * (minus === undefined ? 1 : -1);
  return {
    amount,
    unit: number?.includes(':') ? 'am' : unit,
    slash: slash !== undefined,
    special: vulgar !== undefined || number === '∞',
  };
}
