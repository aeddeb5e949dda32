import type { FindingView } from '@soundbite/client';
import { isConnectionError } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { findingsReport } from '@soundbite/reports';
import type { Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import { exits } from '../exits.ts';
import { inspectMachine } from '../machine.ts';
import type { Shell } from '../shell.ts';

/** First this machine, which needs no control plane; then what the control plane sees of accounts and stacks. */
export const run: Run = async (shell) => {
  const findings = [...(await inspectMachine(shell)), ...(await askControlPlane(shell))];
  const ok = findings.every((finding) => finding.ok);
  return {
    document: { ok, findings },
    text: findingsReport(findings, shell.paint),
    exit: ok ? exits.done : exits.failed,
  };
};

async function askControlPlane(shell: Shell): Promise<readonly FindingView[]> {
  try {
    const { findings } = await connectTo(shell).doctor();
    return findings;
  } catch (error) {
    if (!(error instanceof SoundBiteError)) throw error;
    const mend = isConnectionError(error) ? './scripts/soundbite.sh up' : error.mend;
    return [{ name: 'control plane', ok: false, detail: error.message, ...(mend ? { mend } : {}) }];
  }
}
