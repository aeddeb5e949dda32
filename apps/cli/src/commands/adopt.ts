import { randomUUID } from 'node:crypto';
import { adoptionReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { confirmEnvironment } from '../confirm.ts';
import { connectTo } from '../connection.ts';
import { declaredEnvironment } from '../declaration.ts';
import { promotionResult } from '../follow.ts';

/** What stands is sealed as a release; a person sees what that would change, and confirms it. */
export const run: CommandAction = async (shell, [name = ''], options) => {
  const client = connectTo(shell);
  const environment = await declaredEnvironment(shell, name);
  shell.progress.line(`reading what stands in ${name}`);
  const adoption = await client.adoption(name);
  const { release, stacks } = adoption;
  const told = adoptionReport(adoption, shell.paint);
  if (options.plan === true) return { document: adoption, text: `${told}\nnothing was touched` };
  const meaning = `${told}\nFrom now on promotions alone deploy to ${name}.`;
  await confirmEnvironment(shell, { environment, options, verb: 'adopt', meaning });
  const view = await client.promote({
    environment: name,
    kind: 'promote',
    release,
    allowRemovals: Array.isArray(options.allowRemoval) ? [...options.allowRemoval] : [],
    idempotencyKey: randomUUID(),
    reason: `adopts ${stacks.join(', ')}`,
  });
  return promotionResult(shell, client, view, options.wait !== false);
};
