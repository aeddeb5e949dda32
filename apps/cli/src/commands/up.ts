import type { PromotionView, Status } from '@soundbite/client';
import { chainTo } from '@soundbite/model/declaration/chain.ts';
import { demandSharedDatabase } from '@soundbite/model/declaration/shared-database.ts';
import { receivedError, SoundBiteError } from '@soundbite/model/errors.ts';
import { isFinal } from '@soundbite/model/promotion.ts';
import { duration, printable, statusReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { readDeclaration } from '../declaration.ts';
import { exitOfPromotions, exits } from '../exits.ts';
import { beginWithRuntime } from '../home-runtime.ts';
import { startHost } from '../host.ts';
import { isInterrupt, untilInterrupt } from '../interrupt.ts';
import { givenNames } from '../names.ts';
import { makePageLink } from '../page-link.ts';
import type { Shell } from '../shell.ts';

export const run: CommandAction = async (shell, names, { promote, withoutRecords, runtime }) => {
  const start = performance.now();
  if (typeof runtime === 'string') beginWithRuntime(shell, runtime);
  const say = (text: string) => shell.progress.line(`${elapsed(start)}  ${printable(text)}`);
  const environments = givenNames(names);
  // Before anything is started: what was named is there.
  demandSharedDatabase(chainTo((await readDeclaration(shell)).environments, environments), shell.host.env.DATABASE_URL);
  if (!shell.standalone) {
    await startHost(shell, withoutRecords === true);
    say('the control plane runs');
  }
  const end = await bringUp(shell, { promote: promote !== false, environments }, say);
  if (!end) {
    shell.host.stderr.write(
      '\nDetached; everything keeps running.\n  see it:         soundbite status\n  continue with:  soundbite up\n',
    );
    return { document: await connectTo(shell).status(), text: '', exit: exits.detached };
  }
  const text = `\n${statusReport(end.status, shell.paint)}${await pageLine(shell)}`;
  const exit = exitOfPromotions(end.promotions.filter(({ state }) => isFinal(state)));
  return { document: end.status, text, exit: exit === exits.done && end.stopped !== null ? exits.failed : exit };
};

/** Where to look, last. Programs look at nothing, and a control plane for one command is gone by then. */
async function pageLine(shell: Shell): Promise<string> {
  if (shell.json || shell.standalone) return '';
  // All is up; who cannot be given a link is told how to ask for one.
  const { link } = await makePageLink(shell).catch(() => ({ link: null }));
  return `\n${link === null ? 'see it: soundbite open' : `see it: ${link} (works once, for five minutes; another: soundbite open)`}`;
}

interface End {
  readonly status: Status;
  readonly promotions: readonly PromotionView[];
  readonly stopped: string | null;
}

/** Says the control plane's progress; null when Ctrl-C was pressed. Used by `demo` too. */
export async function bringUp(
  shell: Shell,
  { promote, environments }: { promote: boolean; environments: readonly string[] },
  say: (text: string) => void,
): Promise<End | null> {
  const request = { promote, ...(environments.length > 0 ? { environments: [...environments] } : {}) };
  try {
    return await untilInterrupt(shell.host, async (signal) => {
      for await (const line of connectTo(shell).up(request, signal)) {
        if ('text' in line) say(line.text);
        else if ('status' in line) return line;
        else throw receivedError(line.error);
      }
      throw new SoundBiteError('answer-unexpected', 'the control plane ended without a status');
    });
  } catch (error) {
    if (isInterrupt(error)) return null;
    throw error;
  }
}

const elapsed = (start: number) => duration((performance.now() - start) / 1000).padStart(10);
