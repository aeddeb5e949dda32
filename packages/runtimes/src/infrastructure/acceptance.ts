import { type CloudFormationClient, DeleteChangeSetCommand, type Stack } from '@aws-sdk/client-cloudformation';
import {
  type ChangeSetEntry,
  heldByImports,
  type ImportedResources,
  losses,
  mayLose,
  removalRefused,
  unnamed,
} from '@soundbite/model';
import { changeSetNames, type WantedStack } from './change-set.ts';
import type { Templates } from './templates.ts';

/** Is asked about a change set between its making and its execution. Errors: `removal-unnamed`. */
export type Accept = (entries: readonly ChangeSetEntry[], present: Stack) => Promise<void>;

/** What a stack may lose. */
export interface NamedLosses {
  /** The template that it gets. */
  readonly after: unknown;
  /** What was named, by the ids that people know. */
  readonly allowed: readonly string[];
  /** What people know by an id of the stack. */
  readonly told: (id: string) => string;
  /** What other stacks import from this one now, by the ids that people know. */
  readonly imported: () => Promise<ImportedResources>;
}

/** Accepts a change set that takes nothing away besides what is named. Templates are read only if it may. */
export const acceptNamed =
  (templates: Templates, client: CloudFormationClient, { after, allowed, told, imported }: NamedLosses): Accept =>
  async (entries, present) => {
    if (!mayLose(entries)) return;
    const before = await templates.of(client, present);
    const found = losses({ entries, before, after }).map((loss) => ({ ...loss, id: told(loss.id) }));
    const replaced = new Set(entries.filter((one) => one.replacement === 'True').map(({ id }) => told(id)));
    const refused = unnamed(
      heldByImports(found, await imported(), (id) => replaced.has(id)),
      allowed,
    );
    if (refused.length > 0) throw removalRefused(refused);
  };

/** Has a change set accepted; one that is not is deleted, and the stack is as it was. Errors: those of `accept`. */
export async function assertAccepted(
  { client, wanted, accept }: { client: CloudFormationClient; wanted: WantedStack; accept?: Accept | undefined },
  entries: readonly ChangeSetEntry[],
  present: Stack | null,
): Promise<void> {
  // Without a stack nothing can be taken away.
  if (!accept || !present) return;
  try {
    await accept(entries, present);
  } catch (error) {
    await client.send(new DeleteChangeSetCommand(changeSetNames(wanted)));
    throw error;
  }
}
