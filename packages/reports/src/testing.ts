import type { PromotionView } from '@soundbite/model/promotion.ts';

/** Two releases that tests can tell apart at a glance. */
export const a = `sha256:${'a'.repeat(64)}` as const;
export const b = `sha256:${'b'.repeat(64)}` as const;
export const at = '2026-01-02T03:04:05.678Z';

/** A promotion that runs, but for what a test says otherwise. */
export const view = (more: Partial<PromotionView> = {}): PromotionView => ({
  promotion: 'p-1',
  environment: 'production',
  kind: 'promote',
  release: a,
  previous: b,
  state: 'running',
  reason: null,
  waitsFor: null,
  gates: [],
  waitingFor: [],
  admission: null,
  steps: [{ name: 'verify', state: 'running', seconds: null }],
  planned: [],
  createdAt: at,
  beganAt: null,
  finishedAt: null,
  actor: 'local',
  asked: { reason: null, override: false, breakGlass: false, allowRemovals: [], through: null },
  rest: [],
  next: null,
  ...more,
});
