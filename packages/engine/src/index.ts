export { type Engine, type EngineOptions, startEngine } from './engine.ts';
export type { EngineEvent, PromotionPorts } from './ports.ts';
export { checkDatabase } from './store/database-check.ts';
export { type Moved, moveRecords } from './store/move.ts';
export type { RevisedView } from './store/records.ts';
