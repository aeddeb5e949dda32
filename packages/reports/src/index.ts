export { adoptionReport } from './adoption.ts';
export { type DiffFacts, diffReport } from './diff.ts';
export * from './environments.ts';
export * from './error.ts';
export { eventText } from './events.ts';
export * from './evidence.ts';
export { blockReport, freezeListReport, holdListReport, taintListReport } from './flow.ts';
export * from './images.ts';
export * from './init.ts';
export * from './inspection.ts';
export * from './ledger.ts';
export * from './people.ts';
export * from './plan.ts';
export {
  historyReport,
  promotionDocument,
  promotionFrame,
  promotionLines,
  promotionSummary,
  promotionTitle,
  thenText,
} from './promotion.ts';
export * from './releases.ts';
export * from './status.ts';
export { ansi, count, duration, jsonText, type Paint, plain, printable, short } from './text.ts';
export { timelineReport } from './timeline.ts';
export { trafficReport } from './traffic.ts';
export { whyReport } from './why.ts';
