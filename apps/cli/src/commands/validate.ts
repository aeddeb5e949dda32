import type { Findings } from '@soundbite/client';
import { toErrorDocument } from '@soundbite/model/errors.ts';
import { findingsByEnvironment, findingsReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { each, type Looked } from '../each.ts';
import { exitOfError, exits } from '../exits.ts';
import { chosen } from '../names.ts';

export const run: CommandAction = async (shell, args) => {
  const { names, one } = await chosen(shell, args);
  const client = connectTo(shell);
  if (one !== null) {
    const report = await client.validate(one);
    return { document: report, text: findingsReport(report.findings, shell.paint), exit: exitOf(report) };
  }
  const looked = await each(names, client.validate);
  const environments = looked.map(findingsOrWhy);
  const whole = { ok: environments.every(({ ok }) => ok), environments };
  return { document: whole, text: findingsByEnvironment(environments, shell.paint), exit: exitOfAll(looked) };
};

function findingsOrWhy({ environment, found, error }: Looked<Findings>) {
  if (found) return { ...found, environment };
  const { message, hint } = toErrorDocument(error);
  return { environment, ok: false, findings: [{ name: 'environment', ok: false, detail: message, hint }] };
}

/** One that cannot be read ends it as it would alone; the first such decides. */
function exitOfAll(looked: readonly Looked<Findings>[]): number {
  const unseen = looked.find(({ found }) => found === null);
  return unseen ? exitOfError(unseen.error) : exitOf({ ok: looked.every(({ found }) => found?.ok) });
}

const exitOf = ({ ok }: { readonly ok: boolean }) => (ok ? exits.done : exits.failed);
