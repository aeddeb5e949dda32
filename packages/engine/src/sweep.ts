import { DBOS } from '@dbos-inc/dbos-sdk';
import { rollbackAsked } from '@soundbite/model';
import { patience } from './patience.ts';
import type { PromotionPorts } from './ports.ts';
import type { Asked } from './store/promotion-rows.ts';
import type { Records } from './store/records.ts';
import { whyLeft } from './workflow/claim.ts';
import { whyNotFollowed } from './workflow/kind.ts';
import type { StepKinds } from './workflow/run.ts';

/** The workflow that has a promotion: its own id first; when one ended without the promotion's end, the next has a number. */
export const workflowIdOf = (id: string, runs: number): string => (runs === 1 ? id : `${id}~${runs}`);

/** The promotion of a workflow; for a workflow of another kind its own id. */
export const promotionOf = (workflow: string): string => workflow.replace(/~\d+$/, '');

export interface SweepParts {
  readonly ports: PromotionPorts;
  readonly records: Records;
  readonly kinds: StepKinds;
  enqueue(id: string, asked: Asked): Promise<void>;
}

/**
 * Picks up orphaned promotions: admitted and not queued, or with a workflow that ended before the promotion did. One that ended in an
 * unforeseen way is broken off, so that the next workflow undoes it; a rollback is continued.
 */
export async function sweepPromotions(parts: SweepParts): Promise<void> {
  for (const { id } of await parts.records.open()) await takeUp(id, parts);
}

async function takeUp(id: string, { ports, records, kinds, enqueue }: SweepParts): Promise<void> {
  const asked = await records.asked(id);
  const workflow = await DBOS.getWorkflowStatus(workflowIdOf(id, asked.runs));
  if (!workflow) return enqueue(id, asked);
  if (asked.plan === null) await stopForRollback(records, asked);
  if (!hasEnded.has(workflow.status)) return;
  if (asked.plan && whyNotFollowed(asked.plan, kinds) !== null) return;
  if ((await whyLeft(ports, records.sites.home, asked)) !== null) return;
  if (workflow.status !== 'SUCCESS') {
    const { firstMs, longestMs } = patience.workflow;
    const pause = Math.min(firstMs * 2 ** (asked.runs - 1), longestMs);
    if (Date.now() - (workflow.updatedAt ?? 0) < pause) return;
    const why = String(workflow.error ?? 'no reason recorded');
    await records.breakOff(id, `its workflow ended as ${workflow.status}: ${why}`);
  }
  if (await records.nextRun(id, asked.runs)) await enqueue(id, { ...asked, runs: asked.runs + 1 });
}

/** Stops the promotion that a rollback finds under way. The rollback is queued by then, so no waiting promotion overtakes it. */
export async function stopForRollback(records: Records, { aborts, request }: Asked): Promise<void> {
  if (aborts !== null) await records.stop(aborts, rollbackAsked(request), request.actor);
}

const hasEnded = new Set(['SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED']);
