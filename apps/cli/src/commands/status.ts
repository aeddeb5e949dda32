import type { Client, Status } from '@soundbite/client';
import { statusReport } from '@soundbite/reports';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';

export const run: Run = async (shell) => {
  const client = connectTo(shell);
  const status = await client.status();
  return { document: status, text: shell.json ? '' : statusReport(status, shell.paint, await restOf(client, status)) };
};

/** By promotion under way: the environments that it goes on to. */
async function restOf(client: Client, { environments }: Status): Promise<Map<string, readonly string[]>> {
  const moving = environments.flatMap(({ promotion }) => (promotion ? [promotion.id] : []));
  return new Map(await Promise.all(moving.map(async (id) => [id, (await client.promotion(id)).rest] as const)));
}
