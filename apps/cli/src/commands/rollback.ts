import { randomUUID } from 'node:crypto';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { promotionResult } from '../follow.ts';
import { resolveRelease } from '../releases.ts';

export const run: CommandAction = async (shell, [environment = ''], { to, reason, wait }) => {
  const client = connectTo(shell);
  const release = typeof to === 'string' ? await resolveRelease(client, to) : undefined;
  const view = await client.promote({
    environment,
    kind: 'rollback',
    idempotencyKey: randomUUID(),
    ...(release === undefined ? {} : { release }),
    ...(typeof reason === 'string' ? { reason } : {}),
  });
  return promotionResult(shell, client, view, wait !== false);
};
