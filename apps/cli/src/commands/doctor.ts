import type { FindingView } from '@soundbite/client';
import { isConnectionError } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { count, findingsReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { exits } from '../exits.ts';
import { inspectMachine } from '../machine.ts';
import { chosen, givenNames } from '../names.ts';
import type { Shell } from '../shell.ts';

/** First this machine, which needs no control plane; then what the control plane sees of accounts and stacks. */
export const run: CommandAction = async (shell, args) => {
  // A wrong declaration is a finding, a wrong name is not.
  const names = givenNames(args).length > 0 ? (await chosen(shell, args)).names : [];
  const findings = (await Promise.all([inspectMachine(shell), askControlPlane(shell, names)])).flat();
  const ok = findings.every((finding) => finding.ok);
  return {
    document: { ok, findings },
    text: textOf(shell, findings),
    exit: ok ? exits.done : exits.failed,
  };
};

/** Failed findings and warnings, and the number of good ones; all of them with `--verbose`. */
function textOf(shell: Shell, findings: readonly FindingView[]): string {
  if (shell.verbose) return findingsReport(findings, shell.paint);
  const isShown = ({ ok, severity }: FindingView) => !ok || severity === 'warning';
  const bad = findings.filter(isShown);
  const unknown = findings.filter((one) => !isShown(one) && one.severity === 'unknown').length;
  const well = findings.length - bad.length - unknown;
  const besides = unknown === 0 ? '' : `, of ${unknown} nobody can tell`;
  const rest = `${count(well, 'thing was', 'things were')} checked and ${well === 1 ? 'is' : 'are'} well${besides}; --verbose names them`;
  return [findingsReport(bad, shell.paint), rest].filter(Boolean).join('\n');
}

async function askControlPlane(shell: Shell, names: readonly string[]): Promise<readonly FindingView[]> {
  try {
    const { findings } = await connectTo(shell).doctor(names);
    return findings;
  } catch (error) {
    if (!(error instanceof SoundBiteError)) throw error;
    const hint = isConnectionError(error) ? './scripts/soundbite.sh up' : error.hint;
    return [{ name: 'control plane', ok: false, detail: error.message, ...(hint ? { hint } : {}) }];
  }
}
