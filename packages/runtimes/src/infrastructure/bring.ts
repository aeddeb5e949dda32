import type { CloudFormationClient, Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import type { CloudAccess } from '@soundbite/model';
import { type Accept, assertAccepted } from './acceptance.ts';
import { executeChangeSet, makeChangeSet, type WantedStack } from './change-set.ts';
import type { Exports } from './exports.ts';
import { stackNews } from './news.ts';
import type { Pace } from './pace.ts';
import { deleteStack, describeStack, protect } from './stack.ts';
import { failed, isWhole, neverWas, refuseWedged } from './trouble.ts';

/** A stack's wanted state, and the means to reach it. */
export interface Bringing {
  readonly client: CloudFormationClient;
  readonly wanted: WantedStack;
  readonly pace: Pace;
  /** Is done right before each change of the stack: waiting may have taken long enough for another controller to act. */
  readonly hold: () => Promise<void>;
  readonly tell: (event: StackEvent) => void;
  /** Absent: whatever the change set does is wanted, as in a repair. */
  readonly accept?: Accept | undefined;
}

/** A stack that somebody changed by hand, and by what it is fixed. */
export interface Recovery extends Bringing {
  /** As the deploy role of the environment. */
  readonly deployer: CloudAccess;
  /** As its lookup role. */
  readonly looker: CloudAccess;
  /** The template that is deployed afterwards. */
  readonly template: unknown;
  /** Logical ids that may stay as they are where a rollback fails on them. */
  readonly skip: readonly string[];
  /** What the environment's stacks export. */
  readonly exports: Exports;
  /** Has the environment's other stacks import no more under these names, until they are deployed again. */
  readonly loosen: (names: ReadonlySet<string>) => Promise<void>;
}

/**
 * Brings a stack that is at rest, as it is `present`, to what is wanted, by one change set. Errors: `infrastructure-failed` (source user) with what
 * failed, `stack-wedged` when what a first create left cannot go, and those of the change set, of `accept` and of `hold`.
 */
export async function bringStack(bringing: Bringing, present: Stack | null): Promise<Stack> {
  const { client, wanted, pace, hold, tell } = bringing;
  const stands = await withoutFailedCreate(bringing, present);
  const entries = await makeChangeSet(client, wanted, stands ? 'UPDATE' : 'CREATE', pace);
  if (stands && !entries) return stands;
  await assertAccepted(bringing, entries ?? [], stands);
  const before = await describeStack(client, wanted.stack);
  const news = await stackNews(client, wanted.stack);
  const events: StackEvent[] = [];
  const during = async () => {
    const fresh = await news();
    events.push(...fresh);
    fresh.forEach(tell);
  };
  await hold();
  const after = await executeChangeSet(client, wanted, before, pace, during);
  if (isWhole(after)) return after;
  throw failed(wanted.stack, after, events);
}

/** The stack, if it ever was: what a first create that failed left of it is removed, since nothing else makes room for another. */
export async function withoutFailedCreate(
  { client, pace, hold }: Pick<Bringing, 'client' | 'pace' | 'hold'>,
  present: Stack | null,
): Promise<Stack | null> {
  if (!present || !neverWas(present)) return present;
  if (present.StackStatus === 'REVIEW_IN_PROGRESS') return null;
  const { StackName = '', EnableTerminationProtection } = present;
  await hold();
  // `cdk deploy` protects a stack before it is made. It holds nothing.
  if (EnableTerminationProtection) await protect(client, StackName, false);
  refuseWedged(StackName, await deleteStack(client, present, pace));
  return null;
}
