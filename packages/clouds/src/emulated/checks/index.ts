import { aliasWeights } from './alias-weights.ts';
import type { Check } from './check.ts';
import { droppedProperties } from './dropped-properties.ts';
import { durableState } from './durable-state.ts';
import { functionProcesses } from './function-processes.ts';
import { lambdaMetrics } from './lambda-metrics.ts';
import { ownedNames } from './owned-names.ts';
import { quickAnswers } from './quick-answers.ts';
import { secureLoopback } from './secure-loopback.ts';

/** One check for each correction of `emulator/corrections`, in the order in which they are applied. */
export const checks: readonly Check[] = [
  quickAnswers,
  functionProcesses,
  aliasWeights,
  lambdaMetrics,
  secureLoopback,
  droppedProperties,
  ownedNames,
  durableState,
];
