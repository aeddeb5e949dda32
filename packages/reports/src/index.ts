export * from './environments.ts';
export * from './error.ts';
export * from './inspection.ts';
export * from './ledger.ts';
export * from './plan.ts';
export * from './promotion.ts';
export * from './releases.ts';
export * from './status.ts';
export { ansi, count, duration, jsonText, type Paint, plain, printable, short } from './text.ts';
