import { DBOS } from '@dbos-inc/dbos-sdk';
import { patience } from './patience.ts';
import type { Records } from './store/records.ts';
import { promotionOf } from './sweep.ts';

/** Rows that are removed at a time. */
const atOnce = 500;

/**
 * Removes DBOS's rows of workflows that ended more than `keptMs` ago. What they did stands in our own tables; the rows answer who asks for the same
 * workflow again, which nobody does after weeks. The row of a promotion that has not ended stays: the sweep decides by it.
 */
export async function prune(
  records: Pick<Records, 'open'>,
  keptMs: number = patience.endedWorkflows.keptMs,
): Promise<void> {
  const open = new Set((await records.open()).map(({ id }) => id));
  const ended = await DBOS.listWorkflows({
    status: ['SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'],
    completedBefore: new Date(Date.now() - keptMs).toISOString(),
    limit: atOnce,
    loadInput: false,
    loadOutput: false,
  });
  const ids = ended.map(({ workflowID }) => workflowID).filter((id) => !open.has(promotionOf(id)));
  if (ids.length > 0) await DBOS.deleteWorkflows(ids);
}
