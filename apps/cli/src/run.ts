import { jsonText } from '@soundbite/reports/text.ts';
import { CommanderError } from 'commander';
import { conclude } from './conclude.ts';
import type { HelpEnvironment } from './examples.ts';
import { outputOn } from './output.ts';
import { mustBeDirectory } from './own-home.ts';
import { makeProgram } from './program.ts';
import { type CliProcess, type CommandResult, makeShell, type Shell } from './shell.ts';

/** The process that a command runs in. */
interface Process extends Omit<CliProcess, 'stdout' | 'stderr'> {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** One command from its words to its exit code, when all that it said has been read. */
export async function runCommandLine(words: readonly string[], root: string, process: Process): Promise<number> {
  const host = hostOf(process);
  return conclude(host, await outcomeOf(words, root, host), words.includes('--json'));
}

function hostOf(process: Process): CliProcess {
  const [stdout, stderr] = [outputOn(process.stdout), outputOn(process.stderr)];
  return {
    env: process.env,
    stdin: process.stdin,
    stdout,
    stderr,
    cwd: () => process.cwd(),
    on: (event, listener) => process.on(event, listener),
    off: (event, listener) => process.off(event, listener),
  };
}

/** Writes the result to standard output, an error to standard error (`--json`: standard output); gives the exit code. */
async function outcomeOf(words: readonly string[], root: string, host: CliProcess): Promise<number> {
  const asked = words.includes('__complete') ? words : null;
  if (asked) {
    const { suggestions, wordsToComplete } = await import('./complete-words.ts');
    const begun = wordsToComplete(asked);
    if (begun) host.stdout.write(await suggestions(makeShell(host, root, {}), begun));
    if (begun) return 0;
  }
  // Before the words are understood, an error already has to know how to be said.
  let shell = makeShell(host, root, { json: words.includes('--json'), verbose: words.includes('--verbose') });
  let exit = 0;
  try {
    const version = await versionOf(root);
    const program = makeProgram(
      version,
      await environmentsForHelp(shell, words),
      host.stdout.write,
      async (entry, args, options) => {
        shell = makeShell(host, root, options);
        await mustBeDirectory(shell);
        const command = await entry.load();
        exit = finish(shell, await withStandalone(shell, () => command.run(shell, args, options)));
      },
    );
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const { sayError } = await import('./errors.ts');
    exit = await sayError(shell, error, words);
  }
  return exit;
}

function finish(shell: Shell, result: CommandResult): number {
  if (result.said) return result.exit ?? 0;
  const text = shell.json ? jsonText(result.document) : result.text && `${result.text}\n`;
  if (text) shell.host.stdout.write(text);
  return result.exit ?? 0;
}

async function withStandalone(shell: Shell, work: () => Promise<CommandResult>): Promise<CommandResult> {
  if (!shell.standalone) return work();
  const { standalone } = await import('./standalone.ts');
  return standalone(shell, work);
}

/** The declared environments, where help is wanted. */
async function environmentsForHelp(shell: Shell, words: readonly string[]): Promise<readonly HelpEnvironment[]> {
  if (!words.some((word) => word === '--help' || word === '-h' || word === 'help')) return [];
  const { knownEnvironments } = await import('./declaration.ts');
  return knownEnvironments(shell);
}

async function versionOf(root: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return (JSON.parse(await readFile(`${root}/package.json`, 'utf8')) as { version: string }).version;
}
