import { alarmsGate } from './alarms/alarms.ts';
import { approvalGate } from './approval/approval.ts';
import { driftGate } from './drift/drift.ts';
import { evidenceGate } from './evidence/evidence.ts';
import { smokeGate } from './smoke/smoke.ts';
import { soakGate } from './soak/soak.ts';
import { testsGate } from './tests/tests.ts';
import { watchGate } from './watch/watch.ts';

/** Gates that are asked before anything changes, some of them later again. */
export const entryGates = {
  soak: soakGate,
  drift: driftGate,
  evidence: evidenceGate,
  approval: approvalGate,
  alarms: alarmsGate,
} as const;

/** All gates, by the names that a declaration gives them, in the order in which they are asked. A new one has its folder and its line here. */
export const gates = { ...entryGates, smoke: smokeGate, tests: testsGate, watch: watchGate } as const;

export type GateName = keyof typeof gates;
export const gateNames = Object.keys(gates) as readonly GateName[];

export const isGateName = (name: string): name is GateName => Object.hasOwn(gates, name);
