import type { Plan } from '@soundbite/client';
import { toErrorDocument } from '@soundbite/model/errors.ts';
import { errorReport, planReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { each, type Looked } from '../each.ts';
import { exitOfError, exits } from '../exits.ts';
import { chosen } from '../names.ts';
import { resolveRelease } from '../releases.ts';
import type { Shell } from '../shell.ts';

/** Of several, one into which nothing can be promoted says so in its place; the first such decides the exit code. */
export const run: CommandAction = async (shell, args, { release }) => {
  const { names, one } = await chosen(shell, args);
  const client = connectTo(shell);
  const digest = typeof release === 'string' ? await resolveRelease(client, release) : undefined;
  if (one !== null) {
    const plan = await client.plan(one, digest);
    return { document: plan, text: planReport(plan, shell.paint) };
  }
  const plans = await each(names, (name) => client.plan(name, digest));
  const refused = plans.find(({ found }) => !found);
  return {
    document: { environments: plans.map(documentOf) },
    text: plans.map((plan) => textOf(plan, shell)).join('\n\n'),
    exit: refused ? exitOfError(refused.error) : exits.done,
  };
};

function documentOf({ environment, found, error }: Looked<Plan>): unknown {
  if (found) return found;
  const { code, message, hint } = toErrorDocument(error);
  return { environment, error: { code, message, hint } };
}

const textOf = ({ environment, found, error }: Looked<Plan>, { paint }: Shell) =>
  found ? planReport(found, paint) : `${paint('strong', environment)}\n${errorReport(toErrorDocument(error), paint)}`;
