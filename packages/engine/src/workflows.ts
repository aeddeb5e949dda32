import { DBOS } from '@dbos-inc/dbos-sdk';
import { homeOfSite, isFinal, nameAt, reaches, type Site } from '@soundbite/model';
import type { Departure } from './departure.ts';
import type { PromotionPorts } from './ports.ts';
import type { Asked } from './store/promotion-rows.ts';
import { begin, type WorkflowParts } from './workflow/begin.ts';
import { whyLeft } from './workflow/claim.ts';
import { destroy } from './workflow/destroy.ts';
import { interpret } from './workflow/interpret.ts';
import { whyNotFollowed } from './workflow/kind.ts';
import { reconcile } from './workflow/reconcile.ts';

/** What is called as workflows go on. */
export interface WorkflowHooks {
  /** One ended. */
  left(): void;
  /** A promotion is left to other control planes. */
  stepBack(): void;
  /** The admission of this promotion is to be decided: it follows another one, or was let in too early. */
  next(id: string, environment: string): void;
}

/** The workflows of this process. DBOS does not record their steps: our tables say what a promotion has done, whatever code reads them. */
export function registerWorkflows(parts: WorkflowParts, hooks: WorkflowHooks) {
  const register = <Given extends unknown[], Result>(name: string, run: (...given: Given) => Promise<Result>) => {
    const workflow = async (...given: Given): Promise<Result> => {
      const result = await run(...given);
      hooks.left();
      return result;
    };
    return DBOS.registerWorkflow(workflow, { name, maxRecoveryAttempts: 100_000 });
  };
  return {
    promotion: register('promotion', (id: string) => carryOut(parts, hooks, id)),
    destroy: register('destroy', (site: Site, actor: string, idempotencyKey: string, departure?: Departure) =>
      destroy(parts, nameAt(site), actor, idempotencyKey, departure),
    ),
    reconcile: register('reconcile', (site: Site, holder: string | null) => bringBack(parts, site, holder)),
  };
}

/** Runs a promotion when its turn comes, from plan to end; then the one that follows it. */
async function carryOut(parts: WorkflowParts, hooks: WorkflowHooks, id: string): Promise<void> {
  const { records } = parts;
  const asked = await records.asked(id);
  // Queued before homes had their own queues: its home picks it up.
  if (!reaches(homeOf(parts), asked.site)) return;
  if (await leftToOthers(parts, hooks, id, asked)) return;
  const run = await begin(id, parts);
  // A rollback's release is decided when its turn comes.
  if (run && (await leftToOthers(parts, hooks, id, { ...asked, plan: run.plan }))) return;
  if (run) {
    if (asked.waitsFor !== null) await records.note(id, null);
    await interpret(run);
  }
  if (run === null && (await isToBeLetIn(parts, id))) return hooks.next(id, asked.request.environment);
  const follower = await records.follower(id);
  if (follower) hooks.next(follower.id, follower.environment);
}

/** What froze or was held while it waited for its turn: its admission is decided again. */
async function isToBeLetIn({ records }: WorkflowParts, id: string): Promise<boolean> {
  const { isAdmitted, state } = await records.asked(id);
  return !isAdmitted && !isFinal(state);
}

/** Leaves a promotion to a control plane that has its release, or that can follow its plan, and says so. */
async function leftToOthers(parts: WorkflowParts, hooks: WorkflowHooks, id: string, asked: Asked): Promise<boolean> {
  const unread = asked.plan && whyNotFollowed(asked.plan, parts.kinds);
  const lacking = unread || isFinal(asked.state) ? null : await whyLeft(parts.ports, parts.records.sites.home, asked);
  const why = unread ?? lacking;
  if (why === null) return false;
  await parts.records.note(id, why, 'control-plane');
  // A control plane that lacks the release leaves the shared queue alone for a while.
  if (lacking !== null) hooks.stepBack();
  return true;
}

/** Any control plane may take over work that waits in no queue; its home restarts it. */
const bringBack = async (parts: WorkflowParts, site: Site, holder: string | null): Promise<string> =>
  reaches(homeOf(parts), site) ? reconcile(parts, nameAt(site), holder) : `left to home ${homeOfSite(site)}`;

const homeOf = ({ records }: WorkflowParts): string | null => records.sites.home?.id ?? null;

/** Lets DBOS execute the registered workflows, and resume those under way. */
export async function launch(
  databaseUrl: string,
  executorID: string,
  queues: readonly string[],
  ports: PromotionPorts,
): Promise<void> {
  DBOS.setConfig({
    name: 'soundbite',
    systemDatabaseUrl: databaseUrl,
    executorID,
    listenQueues: [...queues],
    applicationVersion: 'soundbite-1',
    enablePatching: true,
    systemDatabasePoolSize: 12,
    // The interval at which DBOS wakes readers of streams and events; there are none here, and the default of 10 ms costs more than all else when idle.
    notificationCoalesceMs: 60_000,
    logger: quietLogger(ports),
  });
  await DBOS.launch();
}

/** DBOS's own log, at its warnings and above. */
function quietLogger({ emit }: PromotionPorts) {
  const say = (code: string) => (message: unknown) =>
    emit({ code, message: message instanceof Error ? message.message : String(message), error: message });
  return { info: () => {}, debug: () => {}, warn: say('workflow-warning'), error: say('workflow-error') };
}
