import { AsyncResource } from 'node:async_hooks';
import { isFinal } from '@soundbite/model';
import type { Opened, Report } from './opening.ts';
import { patience } from './patience.ts';
import type { PromotionPorts } from './ports.ts';
import type { EnvironmentQueue } from './queue.ts';
import { deciderOf, type HeldAdmission } from './repeating.ts';
import type { Asked } from './store/promotion-rows.ts';
import { stopForRollback, sweepPromotions, workflowIdOf } from './sweep.ts';
import type { Wakes } from './wakes.ts';
import { decideAdmission, subjectsOf } from './workflow/admissions.ts';
import { waitsForHome } from './workflow/claim.ts';
import { dearAnswers } from './workflow/dear-answers.ts';
import type { StepKinds } from './workflow/run.ts';
import { registerWorkflows } from './workflows.ts';

export interface SchedulerParts {
  readonly ports: PromotionPorts;
  readonly kinds: StepKinds;
  readonly opened: Opened;
  readonly queue: EnvironmentQueue;
  readonly news: Wakes;
  readonly report: Report;
}

export interface Scheduler {
  readonly workflows: ReturnType<typeof registerWorkflows>;
  /** Lets a promotion's admission be decided; one that is let in goes into its environment's queue. */
  decide(id: string, environment: string): void;
  /**
   * Continues orphaned promotions: undecided ones, and those that lost their workflow with its process. At the start that is all that were held: nobody
   * hears for them what they wait for.
   */
  takeUp(isStart?: boolean): Promise<void>;
  stop(): void;
}

/** Brings each promotion that is recorded to its decision, and each that was let in into the queue. To be made before DBOS is launched. */
export function scheduler({ ports, kinds, opened, queue, news, report }: SchedulerParts): Scheduler {
  const { records, installation, patient } = opened;
  const answers = dearAnswers();
  const enqueue = async (id: string, asked: Asked): Promise<void> => {
    const { site, request, runs } = asked;
    await queue.enqueue(workflows.promotion, { id: workflowIdOf(id, runs), site, urgency: request.kind }, id);
    await stopForRollback(records, asked);
  };
  const admit = async (id: string): Promise<HeldAdmission | null> => {
    const asked = await records.asked(id);
    if (asked.isAdmitted || isFinal(asked.state)) return null;
    // Waited for before the look: what changes during it is not missed.
    const changed = news.next(subjectsOf(ports, records, asked), patience.admission.gatesMs);
    const decision = await decideAdmission(ports, records, asked, answers);
    if (!(await records.decided(id, decision))) return null;
    if (decision.is === 'admitted') await enqueue(id, asked);
    return decision.is === 'held'
      ? { until: Promise.race([changed, news.next([`admission/${id}`], decision.againInMs)]) }
      : null;
  };
  const { decide, isHeld, stop } = deciderOf(admit, report('admission', 'an admission could not be decided'));
  // The follower is decided outside of the workflow: no executor owns it yet.
  const next = AsyncResource.bind(decide);
  const parts = { ports, kinds, installation, ...patient, wait: news.next };
  const workflows = registerWorkflows(parts, { left: queue.ring, stepBack: queue.stepBack, next });
  return {
    workflows,
    decide,
    stop,
    async takeUp(isStart = false) {
      for (const { id, environment } of await records.undecided(isStart)) if (!isHeld(id)) decide(id, environment);
      for (const { id, home } of await records.undecidedElsewhere(patience.admission.elsewhereMs))
        await records.note(id, waitsForHome(home), 'control-plane');
      await sweepPromotions({ ports, records, kinds, enqueue });
    },
  };
}
