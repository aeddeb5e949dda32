export { type Engine, type EngineOptions, startEngine } from './engine.ts';
export type { EngineEvent, PromotionPorts } from './ports.ts';
export { checkDatabase } from './store/database-check.ts';
export { placeOf } from './store/database-problem.ts';
export { type Moved, moveRecords, refuseMove } from './store/move.ts';
export type { RevisedView } from './store/records.ts';
export { describeStep, stepKinds } from './workflow/kinds/kinds.ts';
export { stackLeftBehind } from './workflow/kinds/left-behind.ts';
export type { StepKind, StepKinds } from './workflow/run.ts';
