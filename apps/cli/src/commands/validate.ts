import type { Findings } from '@soundbite/client';
import { toErrorDocument } from '@soundbite/model/errors.ts';
import { findingsByEnvironment, findingsReport } from '@soundbite/reports';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import { each, type Looked } from '../each.ts';
import { exits } from '../exits.ts';
import { chosen } from '../names.ts';

export const run: Run = async (shell, args) => {
  const { names, one } = await chosen(shell, args);
  const client = connectTo(shell);
  if (one !== null) {
    const report = await client.validate(one);
    return { document: report, text: findingsReport(report.findings, shell.paint), exit: exitOf(report) };
  }
  const environments = (await each(names, client.validate)).map(findingsOrWhy);
  const whole = { ok: environments.every(({ ok }) => ok), environments };
  return { document: whole, text: findingsByEnvironment(environments, shell.paint), exit: exitOf(whole) };
};

function findingsOrWhy({ environment, found, error }: Looked<Findings>) {
  if (found) return { ...found, environment };
  const { message, hint } = toErrorDocument(error);
  return { environment, ok: false, findings: [{ name: 'environment', ok: false, detail: message, hint }] };
}

const exitOf = ({ ok }: { readonly ok: boolean }) => (ok ? exits.done : exits.failed);
