import { alarms } from './alarms.ts';
import { aliasWeights } from './alias-weights.ts';
import { backDoors } from './back-doors.ts';
import { changeSets } from './change-sets.ts';
import type { Check } from './check.ts';
import { clientContext } from './client-context.ts';
import { codeDeploy } from './code-deploy.ts';
import { driftReaders } from './drift-readers.ts';
import { droppedProperties } from './dropped-properties.ts';
import { durableState } from './durable-state.ts';
import { executedVersion } from './executed-version.ts';
import { exportsInUse } from './exports-in-use.ts';
import { functionOutput } from './function-output.ts';
import { functionProcesses } from './function-processes.ts';
import { gatewayRequests } from './gateway-requests.ts';
import { importedSecrets } from './imported-secrets.ts';
import { lambdaActions } from './lambda-actions.ts';
import { lambdaMetrics } from './lambda-metrics.ts';
import { lambdaRefusals } from './lambda-refusals.ts';
import { leanRecords } from './lean-records.ts';
import { managedKey } from './managed-key.ts';
import { ownedNames } from './owned-names.ts';
import { permittedCallers } from './permitted-callers.ts';
import { polly } from './polly.ts';
import { preparedCode } from './prepared-code.ts';
import { queueMappings } from './queue-mappings.ts';
import { restApiStages } from './rest-api-stages.ts';
import { rootKey } from './root-key.ts';
import { secureLoopback } from './secure-loopback.ts';
import { sessionsInTurn } from './sessions-in-turn.ts';
import { webIdentity } from './web-identity.ts';

/** One check for each correction of `emulator/corrections`, in the order in which they are applied. */
export const checks: readonly Check[] = [
  functionProcesses,
  functionOutput,
  preparedCode,
  leanRecords,
  aliasWeights,
  lambdaMetrics,
  executedVersion,
  clientContext,
  secureLoopback,
  rootKey,
  managedKey,
  backDoors,
  gatewayRequests,
  restApiStages,
  webIdentity,
  polly,
  droppedProperties,
  ownedNames,
  importedSecrets,
  codeDeploy,
  changeSets,
  exportsInUse,
  lambdaRefusals,
  lambdaActions,
  queueMappings,
  permittedCallers,
  driftReaders,
  alarms,
  sessionsInTurn,
  durableState,
];
