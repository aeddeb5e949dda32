import { randomUUID } from 'node:crypto';
import type { Client } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { promotionResult } from '../follow.ts';
import type { Shell } from '../shell.ts';

export const run: CommandAction = async (shell, [environment = ''], { reason, skip, wait }) => {
  const client = connectTo(shell);
  const { liveRelease } = (await client.environment(environment)).record;
  if (!liveRelease)
    throw new SoundBiteError('nothing-to-repair', `${environment} is empty: no release is recorded as live there`, {
      hint: `soundbite promote ${environment}`,
    });
  await prepare(shell, client, environment, liveRelease);
  const view = await client.promote({
    environment,
    kind: 'promote',
    release: liveRelease,
    idempotencyKey: randomUUID(),
    reason: typeof reason === 'string' ? reason : 'repair: restores what was deleted or changed by hand',
    ...(Array.isArray(skip) ? { skip: [...skip] } : {}),
  });
  return promotionResult(shell, client, view, wait !== false);
};

/** A promotion's prerequisites in the account. An emulated one is bootstrapped by the promotion itself. */
async function prepare(shell: Shell, client: Client, environment: string, release: Digest): Promise<void> {
  const { findings } = await client.validate(environment);
  if (findings.find(({ name }) => name === 'bootstrap')?.ok !== false) return;
  shell.progress.line(`bootstrapping ${environment}`);
  await client.bootstrap(environment, { release });
}
