import type { AskerView, Overview } from '@soundbite/client';

type Place = Overview['environments'][number];

/** A promotion that waits for people, and where. */
export interface Awaited {
  readonly environment: string;
  readonly wait: Place['why']['waits'][number];
  /** Whether the reader is one of those who are asked. */
  readonly isMine: boolean;
}

/** Every promotion that waits for people, oldest first. What is still on its way has not asked anybody yet. */
export function awaitedIn({ environments }: Overview, asker: Pick<AskerView, 'name'> | undefined): readonly Awaited[] {
  const all = environments.flatMap(({ environment, why }) =>
    why.waits.flatMap((wait) => {
      const gate = wait.gates.find((one) => one.gate === 'approval');
      if (!gate) return [];
      return [{ environment, wait, isMine: asker !== undefined && (gate.who ?? []).includes(asker.name) }];
    }),
  );
  return all.toSorted((one, other) => one.wait.since.localeCompare(other.wait.since));
}
