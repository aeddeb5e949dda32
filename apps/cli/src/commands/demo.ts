import type { DemoJournal } from '@soundbite/model/demo/journal.ts';
import { toErrorDocument } from '@soundbite/model/errors.ts';
import type { CommandAction, Options } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { cleanUp } from '../demo/clean-up.ts';
import { beginJournal, readJournal, refuseRunning } from '../demo/journal-file.ts';
import { narration } from '../demo/narration.ts';
import { type Narrator, narratorOfFacts, narratorOn } from '../demo/narrator.ts';
import { type DemoPart, demoParts } from '../demo/parts.ts';
import { broughtUp, demoScript, demoStage, untilBack } from '../demo/ready.ts';
import { type DemoStage, type Show, showOn } from '../demo/show.ts';
import { scratchCopy } from '../demo/tree.ts';
import { exits, usageError } from '../exits.ts';
import { isInterrupt, untilClosed, untilLeft } from '../interrupt.ts';
import { mustBeHere } from '../named-endpoint.ts';
import type { CommandResult, Shell } from '../shell.ts';

/** With `--json` each fact is a document on a line of its own. */
export const run: CommandAction = async (shell, _args, options) => {
  mustBeHere(shell, 'demo');
  const parts = partsOf(options);
  if (options.narrated !== true) return demo({ shell, narrator: narratorOn(shell), isLed: false }, parts, options);
  if (!shell.json) throw usageError('--narrated is for programs', 'give --json, too');
  const narrator = narratorOfFacts(shell);
  try {
    return await demo({ shell, narrator, isLed: true }, parts, options);
  } catch (error) {
    const { code, message, hint } = toErrorDocument(error);
    narrator.fact('problem', { code, message, hint });
    throw error;
  }
};

interface Asked {
  readonly shell: Shell;
  readonly narrator: Narrator;
  /** Another program began it. */
  readonly isLed: boolean;
}

async function demo(
  { shell, narrator, isLed }: Asked,
  parts: readonly DemoPart[],
  options: Options,
): Promise<CommandResult> {
  const begun = performance.now();
  const left = await readJournal(shell.home);
  if (options.clean === true && left === null) {
    narrator.say(narration.nothingLeft);
    return said(exits.done);
  }
  const home = { shell, narrator, isLed, client: () => connectTo(shell) };
  // What a demo left goes away whatever the next one would need.
  if (left && !(await tidied(home, left))) return said(exits.detached);
  if (options.clean === true) return said(exits.done);
  const script = await demoScript(shell);
  if (!(await broughtUp(shell, narrator, isLed))) return said(exits.detached);
  const about = { shell, narrator, isLed, script, client: home.client() };
  const stage = await demoStage(about.client);
  const isWhole = await shown({ ...about, ...stage }, parts);
  const seconds = (performance.now() - begun) / 1000;
  if (isWhole) about.narrator.say(narration.ended(seconds));
  about.narrator.fact('over', { whole: isWhole, seconds });
  return said(isWhole ? exits.done : exits.aborted);
}

type Telling = Pick<Show, 'client' | 'script'> & Asked;

/** Puts back first what a demo left that was killed. False: Ctrl-C, before anything ran. */
async function tidied(
  { shell, narrator, isLed, client }: Asked & { client(): Telling['client'] },
  journal: DemoJournal,
): Promise<boolean> {
  await refuseRunning(shell.home, journal);
  if (!(await broughtUp(shell, narrator, isLed))) return false;
  narrator.say(narration.leftBefore(journal.environment, journal.began));
  await cleanUp({ shell, client: client(), narrator, journal });
  return true;
}

/** Shows the parts, and cleans up, however they end. False: Ctrl-C, or the terminal, or whoever began it, is gone. */
async function shown(about: Telling & DemoStage, parts: readonly DemoPart[]): Promise<boolean> {
  const { shell, client, narrator, isLed, environment, before, url } = about;
  narrator.say(narration.begins(environment, before));
  narrator.fact('begun', { environment, release: before, url });
  const journal: DemoJournal = {
    ...{ version: 1, pid: process.pid, began: new Date().toISOString() },
    ...{ environment, before, commits: [] },
  };
  let settled: Show['settled'] | undefined;
  let trouble: unknown = null;
  await beginJournal(shell.home, journal);
  try {
    await (isLed ? untilLeft : untilClosed)(shell.host, async (signal) => {
      const show = showOn({ ...about, signal, journal, tree: await scratchCopy(shell.root, shell.home) });
      settled = show.settled;
      for (const part of parts) {
        signal.throwIfAborted();
        await demoParts[part](show);
      }
    });
  } catch (error) {
    trouble = error;
  }
  if (isInterrupt(trouble)) narrator.say(isLed ? narration.left : narration.interrupted);
  // Whoever began it may be gone because it is replaced.
  if (isLed && isInterrupt(trouble)) await untilBack(client);
  // As it was written last: with the commits of which releases were cut.
  const last = (await readJournal(shell.home)) ?? journal;
  await cleanUp({ shell, client, narrator, journal: last, ...(settled && { settled }) });
  if (trouble !== null && !isInterrupt(trouble)) throw trouble;
  return trouble === null;
}

function partsOf({ only }: Options): readonly DemoPart[] {
  const names = Object.keys(demoParts) as DemoPart[];
  if (only === undefined) return names;
  const chosen = String(only).split(',');
  const unknown = chosen.find((name) => !names.some((one) => one === name));
  if (unknown === undefined) return names.filter((name) => chosen.includes(name));
  throw usageError(`--only ${unknown} is no part of the demo`, `choose from ${names.join(', ')}`);
}

const said = (exit: number): CommandResult => ({ document: null, text: '', exit, said: true });
