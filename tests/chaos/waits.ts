import { isFinal, SoundBiteError } from '@soundbite/model';
import { cli } from '../support/cli.ts';
import type { LetGo } from './facts/history.ts';
import type { Chance } from './seeded.ts';
import { type ChaosPlace, type ChaosStage, eventually } from './stage.ts';

/** For what promotions are made to wait: a freeze that is removed, one that ends, a hold, two people. */
export const waits = ['freeze', 'freeze-end', 'hold', 'approval'] as const;
export type Wait = (typeof waits)[number];

/** An environment that keeps out what comes. */
export interface KeptOut {
  /** The gate that says so. */
  readonly gate: string;
  /** Ends it as people do: some are killed half-way and do it again. Nothing may have entered before `at`. */
  letGo(promotion: string): Promise<Omit<LetGo, 'promotion'>>;
}

const reason = 'chaos has it wait';
const longestMs = 3_600_000;

/** What a command of a person takes, in ms: within it one is killed. */
const commandMs = 1_500;

export async function keepOut(
  stage: ChaosStage,
  { name }: Pick<ChaosPlace, 'name'>,
  wait: Wait,
  chance: Chance,
): Promise<KeptOut> {
  const { client } = stage;
  /** A person's command, killed at some moment of it and given again; over restarts of the control plane it is given until it is done. */
  const insisted = async (args: readonly string[], env: Record<string, string> = {}) => {
    const options = { home: stage.home, env: { ...stage.env, ...env } };
    const killAfterMs = Math.round(chance.number() * commandMs);
    await cli(args, { ...options, killAfterMs });
    await eventually(args.join(' '), async () => {
      const { code, stderr } = await cli(args, options);
      if (code !== 0) throw new Error(stderr);
    });
  };
  switch (wait) {
    case 'freeze':
    case 'freeze-end': {
      const id = await frozen(stage, name);
      return {
        gate: 'freeze',
        async letGo() {
          // One that ends soon takes the place of the long one: whoever waits has been seen to, however slow the machine.
          const ends =
            wait === 'freeze-end' ? await endingIn(stage, name, 2_000 + 3_000 * chance.number()) : Date.now();
          await insisted(['freeze', 'remove', id]);
          await new Promise((resolve) => setTimeout(resolve, Math.max(0, ends - Date.now())));
          return { at: ends, people: 0 };
        },
      };
    }
    case 'hold': {
      await client.hold(name, { reason });
      return {
        gate: 'hold',
        async letGo() {
          const at = Date.now();
          await insisted(['resume', name]);
          return { at, people: 0 };
        },
      };
    }
    case 'approval':
      return { gate: 'approval', letGo: (promotion) => approved(stage, promotion, insisted) };
  }
}

const frozen = async ({ client }: ChaosStage, name: string): Promise<string> => {
  const until = new Date(Date.now() + longestMs).toISOString();
  return (await client.freeze(name, { until, reason })).freezes[0]?.id ?? '';
};

/** A freeze that ends after so many ms; over a control plane that is away it is asked for anew, and is then in force longer. When it ends, in ms since 1970. */
const endingIn = ({ client }: ChaosStage, name: string, ms: number): Promise<number> =>
  eventually('a freeze', async () => {
    const over = Math.round(Date.now() + ms);
    await client.freeze(name, { until: new Date(over).toISOString(), reason });
    return over;
  });

type Insisted = (args: readonly string[], env?: Record<string, string>) => Promise<void>;

/** One says yes by a command that is killed, the other twice at once: two people, whoever of them comes first. */
async function approved(stage: ChaosStage, promotion: string, insisted: Insisted) {
  const [ana, bob] = await Promise.all(['ana', 'bob'].map((name) => tokenOf(stage, name)));
  await insisted(['approve', promotion], { SOUNDBITE_TOKEN: ana as string });
  const at = Date.now();
  const yes = () =>
    stage
      .as(bob as string)
      .decide(promotion, { verdict: 'yes' })
      .catch(async (error: unknown) => {
        // The other one was enough: it has been let in.
        const { admission, state } = await eventually('the promotion', () => stage.client.promotion(promotion));
        const isOver = error instanceof SoundBiteError && error.code === 'nothing-to-approve';
        if (!isOver || (admission === null && !isFinal(state))) throw error;
      });
  await Promise.all([yes(), yes()]);
  return { at, people: 2 };
}

const tokens = new WeakMap<ChaosStage, Map<string, Promise<string>>>();

/** A person's token in a home, made once. */
function tokenOf(stage: ChaosStage, name: string): Promise<string> {
  const known = tokens.get(stage) ?? new Map<string, Promise<string>>();
  tokens.set(stage, known);
  const order = { name: `${name}-${Date.now()}`, person: `${name}@example.com`, role: 'approver' as const };
  const made =
    known.get(name) ??
    eventually(`a token of ${name}`, () => stage.client.createToken(order)).then(({ token }) => token);
  known.set(name, made);
  return made;
}

/** Waits until a promotion says that it waits for a gate. */
export const saysItWaits = ({ client }: Pick<ChaosStage, 'client'>, id: string, gate: string): Promise<void> =>
  eventually(`promotion ${id} to wait for ${gate}`, async () => {
    const { waitingFor, state, reason: why } = await client.promotion(id);
    if (isFinal(state)) throw new Error(`it ${state}: ${why}`);
    if (!waitingFor.some((one) => one.gate === gate)) throw new Error(`it is ${state}: ${why}`);
  });
