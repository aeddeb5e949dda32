import { DBOS } from '@dbos-inc/dbos-sdk';
import { homeOfSite, isFinal, nameAt, type PromotionPlan, reaches, type Site } from '@soundbite/model';
import type { PromotionPorts } from './ports.ts';
import type { Asked } from './store/promotion-rows.ts';
import { begin, type WorkflowParts } from './workflow/begin.ts';
import { whyLeft } from './workflow/claim.ts';
import { destroy } from './workflow/destroy.ts';
import { interpret } from './workflow/interpret.ts';
import { whyNotFollowed } from './workflow/kind.ts';
import { reconcile } from './workflow/reconcile.ts';

/**
 * The workflows of this process. Their own steps are not recorded by DBOS: what a promotion has done stands in our tables, whatever code reads them.
 * `left` is called when one ends, `stepBack` when one is left to others, `next` with the promotion that follows one.
 */
export function registerWorkflows(
  parts: WorkflowParts,
  left: () => void,
  stepBack: () => void,
  next: (id: string, environment: string) => void,
) {
  const { kinds, records: store } = parts;
  const home = store.sites.home?.id ?? null;
  /** Leaves a promotion to a control plane that has its release, and says so. */
  const leave = async (id: string, asked: Asked): Promise<boolean> => {
    if (isFinal(asked.state)) return false;
    const why = await whyLeft(parts.ports, store.sites.home, asked);
    if (why === null) return false;
    await store.note(id, why, 'control-plane');
    stepBack();
    return true;
  };
  /** Leaves a plan that this version cannot follow to one that can, and says so. */
  const leaveUnread = async (id: string, plan: PromotionPlan | null): Promise<boolean> => {
    const why = plan && whyNotFollowed(plan, kinds);
    if (why) await store.note(id, why, 'control-plane');
    return Boolean(why);
  };
  const promotion = async (id: string): Promise<void> => {
    const asked = await store.asked(id);
    // One that was queued before homes had queues of their own: its home takes it up.
    if (!reaches(home, asked.site)) return left();
    if (await leaveUnread(id, asked.plan)) return left();
    if (await leave(id, asked)) return left();
    const run = await begin(id, parts);
    // A rollback's release is decided when its turn comes.
    if (run && (await leave(id, { ...asked, plan: run.plan }))) return left();
    if (run && !(await leaveUnread(id, run.plan))) {
      if (asked.waitsFor !== null) await store.note(id, null);
      await interpret(run);
    }
    const follower = await store.follower(id);
    if (follower) next(follower.id, follower.environment);
    left();
  };
  const bringBack = async (site: Site, holder: string | null): Promise<string> => {
    // What waits for no queue is taken over by whoever comes first; its home brings it back when it starts again.
    const isOurs = reaches(home, site);
    const state = isOurs ? await reconcile(parts, nameAt(site), holder) : `left to home ${homeOfSite(site)}`;
    left();
    return state;
  };
  const takeAway = async (site: Site, actor: string, deed: string) => {
    const error = await destroy(parts, nameAt(site), actor, deed);
    left();
    return error;
  };
  return {
    promotion: DBOS.registerWorkflow(promotion, { name: 'promotion', maxRecoveryAttempts: 100_000 }),
    destroy: DBOS.registerWorkflow(takeAway, { name: 'destroy', maxRecoveryAttempts: 100_000 }),
    reconcile: DBOS.registerWorkflow(bringBack, { name: 'reconcile', maxRecoveryAttempts: 100_000 }),
  };
}

/** Lets DBOS execute what is registered, and what was under way. */
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
    // It paces the waking of those who read streams and events, and there are none here: at its usual 10 ms it costs more than all else at rest.
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
