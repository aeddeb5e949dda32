import { randomUUID } from 'node:crypto';
import type { PromotionView } from '@soundbite/client';
import { type Digest, isFinal } from '@soundbite/model';
import type { LetGo } from './facts/history.ts';
import { type RivalRun, type RivalStage, rivalPlaces, soakSeconds } from './rival-stage.ts';
import { eventually } from './stage.ts';

/** For what a crowd waits. */
export const reasons = ['freeze', 'freeze-end', 'hold', 'soak', 'approval'] as const;
export type Reason = (typeof reasons)[number];

interface RivalKept {
  readonly gate: string;
  /** Given where no other one would wait. */
  readonly release?: Digest;
  letGo(promotion: string): Promise<Omit<LetGo, 'promotion'>>;
}

/** Has an environment keep out what comes. */
export async function keepOut(run: RivalRun, environment: string, why: Reason, number: number): Promise<RivalKept> {
  const { seen, world, approve } = run.stage;
  let since: number | undefined;
  /** Several are let go by one act. */
  const once = async (act: () => Promise<unknown>) => {
    if (since === undefined) {
      since = Date.now();
      await act();
    }
    return { at: since, people: 0 };
  };
  switch (why) {
    case 'freeze': {
      const id = await frozen(run.stage, environment);
      return { gate: 'freeze', letGo: () => once(() => seen.removeFreeze(id, by)) };
    }
    case 'freeze-end': {
      const id = await frozen(run.stage, environment);
      let over = 0;
      return {
        gate: 'freeze',
        async letGo() {
          await once(async () => {
            over = await endingSoon(run, environment);
            await seen.removeFreeze(id, by);
          });
          return { at: over, people: 0 };
        },
      };
    }
    case 'hold': {
      await seen.hold({ environment, scope: 'all', until: null, reason, by });
      const ids = (await seen.acting(environment, null)).holds.map(({ id }) => id);
      return { gate: 'hold', letGo: () => once(() => seen.resume(environment, ids, by)) };
    }
    case 'soak': {
      const release = world.add(`${number} soaks`);
      const first = await ask(run, rivalPlaces.first, release, false);
      await end(run.stage, first);
      return {
        gate: 'soak',
        release,
        letGo: async (id) => {
          const live = (await seen.view(first))?.finishedAt ?? '';
          await end(run.stage, id);
          return { at: Date.parse(live) + soakSeconds * 1000, people: 0 };
        },
      };
    }
    case 'approval':
      return {
        gate: 'approval',
        async letGo(id) {
          const at = Date.now();
          await approve(id);
          return { at, people: 2 };
        },
      };
  }
}

const [reason, by] = ['chaos has it wait', 'chaos'];

/** The id of a freeze that is not over before it is removed. */
async function frozen({ seen }: RivalStage, environment: string): Promise<string> {
  await seen.addFreeze({ environment, until: new Date(Date.now() + 3_600_000).toISOString(), reason, by });
  return (await seen.freezes(environment))[0]?.id ?? '';
}

/** A freeze that ends by itself, begun when whoever waits has been seen to, however slow the machine. When it ends, in ms since 1970. */
async function endingSoon({ stage, chance }: RivalRun, environment: string): Promise<number> {
  const over = Date.now() + Math.round(2_000 + 2_000 * chance.number());
  await stage.seen.addFreeze({ environment, until: new Date(over).toISOString(), reason, by });
  return over;
}

/** Asks one of the two for a promotion. */
export async function ask(
  { stage, chance, asked }: RivalRun,
  environment: string,
  release: Digest,
  override: boolean,
): Promise<string> {
  const idempotencyKey = randomUUID();
  const passing = override ? { override, reason: 'the order is none here' } : {};
  const id = await stage.rival(chance.pick(stage.names)).promote(environment, release, { idempotencyKey, ...passing });
  asked.push(id);
  return id;
}

/** A promotion that has ended. */
export const end = ({ seen }: RivalStage, id: string): Promise<PromotionView> =>
  eventually(
    `the end of ${id}`,
    async () => {
      const view = await seen.view(id);
      if (!view || !isFinal(view.state)) throw new Error(`it is ${view?.state}: ${view?.reason}`);
      return view;
    },
    180_000,
  );

/** Ends when a promotion says that it waits for a gate. A soak may be over before anybody looked. */
export const saysItWaits = ({ seen }: RivalStage, id: string, gate: string): Promise<void> =>
  eventually(`promotion ${id} to wait for ${gate}`, async () => {
    const view = await seen.view(id);
    if (gate === 'soak' && view?.admission) return;
    if (!view?.waitingFor.some((one) => one.gate === gate)) throw new Error(`it is ${view?.state}: ${view?.reason}`);
  });
