import {
  type Cloud,
  type Environment,
  type Fence,
  type PlannedStep,
  type PromotionPlan,
  type Runtime,
  SoundBiteError,
  type Target,
} from '@soundbite/model';
import type { z } from 'zod';
import type { PromotionPorts } from '../ports.ts';
import type { Records } from '../store/records.ts';
import type { Outcome } from './outcome.ts';

/** What every step of one promotion knows. Everything about the promotion is in its plan. */
export interface PromotionRun {
  readonly id: string;
  readonly plan: PromotionPlan;
  readonly kinds: StepKinds;
  readonly ports: PromotionPorts;
  readonly records: Records;
  /** Names this installation in fences. */
  readonly installation: string;
  /** Ends after `ms`, or when there is news of this promotion. */
  wait(ms: number): Promise<void>;
}

/** One attempt of one step. */
export interface StepRun extends PromotionRun {
  readonly step: PlannedStep;
  /** Proves to the target that this attempt is the newest. */
  readonly fence: Fence;
  /** When the step first began, in ms since 1970. */
  readonly startedAt: number;
}

/** What one kind of step does. It is idempotent: an attempt may be interrupted at any point, and another one starts over. */
export interface StepKind<With> {
  /** What a plan gives to a step of this kind. */
  readonly with: z.ZodType<With>;
  /** What it is going to do, in a few words: shown before and while it runs. */
  describe(given: With, plan: PromotionPlan): string;
  run(step: StepRun, given: With): Promise<Outcome>;
}

/** Kinds by the names that plans give them. */
export type StepKinds = Readonly<Record<string, StepKind<unknown>>>;

/** The environment by today's declaration: for what is not planned yet. Errors: `environment-unknown`. */
export function declared(ports: PromotionPorts, name: string): Environment {
  const environment = ports.declaration().environments.find((candidate) => candidate.name === name);
  if (environment) return environment;
  throw new SoundBiteError('environment-unknown', `no environment named "${name}" is declared`, {
    hint: 'soundbite env list',
  });
}

/** The declared environment before one; undefined: it is the first. */
export function beforeOf(ports: PromotionPorts, environment: Environment): Environment | undefined {
  const { environments } = ports.declaration();
  // By its name: the declaration may have been read anew since the environment was taken from it.
  return environments[environments.findIndex(({ name }) => name === environment.name) - 1];
}

interface Place {
  readonly environment: Environment;
  readonly cloud: Cloud;
  readonly runtime: Runtime;
}

export async function placeOfEnvironment(ports: PromotionPorts, environment: Environment): Promise<Place> {
  return { environment, cloud: await ports.clouds.of(environment), runtime: ports.runtime(environment.runtime) };
}

/** The place with its stack's outputs. Errors: `stack-missing`. */
export async function deployed(
  ports: PromotionPorts,
  environment: Environment,
): Promise<Place & { readonly target: Target }> {
  const here = await placeOfEnvironment(ports, environment);
  const state = await ports.infrastructure.state(environment, here.cloud);
  const { name } = environment;
  if (!state) throw new SoundBiteError('stack-missing', `${name} has no stack`, { hint: `soundbite repair ${name}` });
  return { ...here, target: { environment, cloud: here.cloud, outputs: state.outputs, deployed: state.release } };
}

/** Where a promotion acts. */
export const placeOfRun = ({ ports, plan }: PromotionRun) => placeOfEnvironment(ports, plan.environment);
export const deployedOfRun = ({ ports, plan }: PromotionRun) => deployed(ports, plan.environment);
