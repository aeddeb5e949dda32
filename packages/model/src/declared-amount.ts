import type { Amount } from './service-declaration/process.ts';

/** What an amount is with these settings; null: it is not declared, or the settings have no number above 0 there. */
export function amountIn(settings: Readonly<Record<string, unknown>>, amount: Amount | undefined): number | null {
  if (amount === undefined || typeof amount === 'number') return amount ?? null;
  const [, ...path] = amount.split('.');
  const value = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), settings);
  return typeof value === 'number' && value > 0 ? value : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
