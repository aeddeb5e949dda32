import type { Client, Status } from '@soundbite/client';
import { statusReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { givenNames } from '../names.ts';
import type { CommandResult } from '../shell.ts';
import { type Look, watchStatus } from '../watch.ts';

export const run: CommandAction = async (shell, args, { watch }): Promise<CommandResult> => {
  const client = connectTo(shell);
  const names = givenNames(args);
  const look = async (signal?: AbortSignal): Promise<Look> => {
    const status = await client.status(names, signal);
    return { status, rest: shell.json ? new Map() : await restOf(client, status) };
  };
  if (watch === true) {
    await watchStatus(shell, look);
    return { document: null, text: '', said: true };
  }
  const { status, rest } = await look();
  return { document: status, text: shell.json ? '' : statusReport(status, shell.paint, rest) };
};

/** By promotion under way: the environments that it continues to. */
async function restOf(client: Client, { environments }: Status): Promise<Map<string, readonly string[]>> {
  const moving = environments.flatMap(({ promotion }) => (promotion ? [promotion.id] : []));
  return new Map(await Promise.all(moving.map(async (id) => [id, (await client.promotion(id)).rest] as const)));
}
