import type { Environment, RunningProcess } from '@soundbite/model';

/**
 * The present life of what an environment stands on: its emulated account, the double of Polly, the edge. Processes of a release are not among it.
 * While one of them is away, no two lives are equal: what is seen then says nothing, however long it takes.
 */
export function lifeUnder({ cloud }: Pick<Environment, 'cloud'>, processes: readonly RunningProcess[]): string {
  const under = new Set(['edge', ...(cloud.kind === 'emulated' ? ['polly', `account-${cloud.account}`] : [])]);
  const machinery = processes.filter(({ name }) => under.has(name));
  const lives = machinery.map(({ name, pid }) => `${name} ${pid}`).sort();
  const isWhole = machinery.every(({ state }) => state === 'healthy');
  return [...lives, ...(isWhole ? [] : [`at ${Date.now()}`])].join();
}
