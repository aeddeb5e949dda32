import type { HostClient } from '@soundbite/processes';
import { type ChaosPlace, type ChaosStage, eventually } from './stage.ts';

export const victims = ['control-plane', 'postgres', 'account'] as const;
export type Victim = (typeof victims)[number];

/** The host's name of a victim. */
export const processOf = (victim: Victim, { account }: ChaosPlace): string =>
  victim === 'account' ? `account-${account}` : victim;

export interface Killed {
  readonly at: number;
  /** Seconds until it was back and answered. */
  readonly recovered: Promise<number>;
}

/** Kill -9 of a process of a home, or of the Postgres that it has its records in. */
export const kill = (stage: ChaosStage, name: string, back: () => Promise<unknown>): Promise<Killed> =>
  killAt(name === 'postgres' ? stage.database.host : stage.host, name, back);

/** Kill -9 of one supervised process, by the pid that its host names. `back` says when it serves again. */
export async function killAt(
  host: () => Promise<Pick<HostClient, 'list'>>,
  name: string,
  back: () => Promise<unknown>,
): Promise<Killed> {
  const before = await eventually(`a pid of ${name}`, async () => {
    const found = (await (await host()).list()).find((process) => process.name === name);
    if (!found?.pid) throw new Error(`${name} is ${found?.state ?? 'not there'}`);
    return found;
  });
  const pid = before.pid as number;
  const at = Date.now();
  process.kill(pid, 'SIGKILL');
  const recovered = eventually(
    `${name} back after kill -9`,
    async () => {
      const now = (await (await host()).list()).find((process) => process.name === name);
      if (now?.state !== 'healthy' || now.pid === pid)
        throw new Error(`${name} is ${now?.state ?? 'not there'}: ${now?.reason ?? ''}`);
      await back();
      return (Date.now() - at) / 1000;
    },
    120_000,
  );
  return { at, recovered };
}

/** What shows that a victim serves again. */
export function isBack(stage: ChaosStage, victim: Victim, place: ChaosPlace): () => Promise<unknown> {
  if (victim !== 'account') return () => stage.client.promotions({ limit: 1 });
  return async () => {
    const answer = await fetch(`${place.endpoint}/_ministack/health`, { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`the account answers ${answer.status}`);
  };
}
