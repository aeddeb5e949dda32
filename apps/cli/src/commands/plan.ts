import { planReport } from '@soundbite/reports';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import { resolveRelease } from '../releases.ts';

export const run: Run = async (shell, [environment = ''], { release }) => {
  const client = connectTo(shell);
  const digest = typeof release === 'string' ? await resolveRelease(client, release) : undefined;
  const plan = await client.plan(environment, digest);
  return { document: plan, text: planReport(plan, shell.paint) };
};
