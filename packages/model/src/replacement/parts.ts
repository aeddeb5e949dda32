import { asRecord } from '../template.ts';

/**
 * The parts of properties at a path (`TableInput/Name`; `*`: each item or key), in their order. An expression on the way is taken whole: nobody can
 * say what is inside it.
 */
export function partsAt(value: unknown, path: string): unknown[] {
  return walk(value, path.split('/'));
}

function walk(value: unknown, [step, ...rest]: readonly string[]): unknown[] {
  if (value === undefined) return [];
  if (step === undefined || isExpression(value)) return [value];
  if (step === '*') {
    const items = Array.isArray(value) ? value : Object.values(asRecord(value));
    return items.flatMap((item) => walk(item, rest));
  }
  return walk(asRecord(value)[step], rest);
}

function isExpression(value: unknown): boolean {
  const [name, ...more] = Object.keys(asRecord(value));
  return more.length === 0 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'));
}
