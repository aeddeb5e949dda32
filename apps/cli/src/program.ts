import { isPackaged, programName } from '@soundbite/model/programs.ts';
import { Command, Option } from 'commander';
import { catalogue } from './catalogue.ts';
import type { CommandEntry, Options } from './command-entry.ts';
import { groups } from './command-groups.ts';
import { examplesFor, type HelpEnvironment } from './examples.ts';
import { usageError } from './exits.ts';
import type { GlobalOptions } from './shell.ts';

/** Runs a command that was found on the command line. */
export type Start = (
  entry: CommandEntry,
  args: readonly (string | undefined)[],
  options: Options & GlobalOptions,
) => Promise<void>;

/** The whole command line. Nothing is printed but help and version; errors are thrown (CommanderError). */
export function makeProgram(
  version: string,
  environments: readonly HelpEnvironment[],
  write: (text: string) => void,
  start: Start,
): Command {
  const program = prepare(new Command('soundbite'), write)
    .description(
      `Cuts a release of a service and promotes it, unchanged, through the environments of environments.yaml.\n(soundbite is ${programName})`,
    )
    .version(version, '-V, --version', 'the version of SoundBite')
    .option('--json', 'print one JSON document on standard output, progress on standard error')
    .option('--verbose', 'print more: all findings; with an error, its causes and stack trace')
    .addOption(new Option('--standalone', 'start a control plane for this command only, and stop it afterwards (CI)'))
    .helpCommand('help [command]', 'help for a command')
    .addHelpText(
      'after',
      `${environmentsText(environments)}\nExit codes: 0 done, 1 failed (the rules said no), 2 usage or declaration, 3 errored (the machinery broke), 4 aborted, 130 detached${isPackaged ? '' : ownTests}`,
    );
  const parents = new Map<string, Command>();
  for (const entry of catalogue) add(program, parents, entry, environments, write, start);
  return program;
}

const ownTests = '\nBeside these: soundbite.sh test [check|unit|parts|journeys] runs the tests.';

function add(
  program: Command,
  parents: Map<string, Command>,
  entry: CommandEntry,
  environments: readonly HelpEnvironment[],
  write: (text: string) => void,
  start: Start,
): void {
  const [first = '', second] = entry.name.split(' ');
  let parent = program;
  if (second) {
    parent = parents.get(first) ?? prepare(program.command(first), write).description(groups[first] ?? '');
    parents.set(first, parent);
  }
  const command = prepare(parent.command(second ?? first), write).description(
    [sentence(entry.summary), entry.more].filter(Boolean).join('\n'),
  );
  command.summary(entry.summary);
  if (entry.args) command.arguments(entry.args);
  if (entry.passesOptions) command.allowUnknownOption();
  for (const [flags, text] of entry.options ?? []) command.option(flags, text);
  for (const [flags, text] of entry.lists ?? []) {
    command.option(flags, text, (value: string, before: readonly string[] = []) => [...before, value]);
  }
  const names = `${entry.args} ${entry.options?.join()}`.includes('environment') ? environmentsText(environments) : '';
  const examples = examplesFor(entry.examples, environments)
    .map((example) => `  ${example}`)
    .join('\n');
  command.addHelpText('after', `${names}\nExamples:\n${examples}`);
  command.action(async (...given: unknown[]) => {
    const count = command.registeredArguments.length;
    const args = given.slice(0, count).flat() as (string | undefined)[];
    // A variable of a script that was never set; the AWS CLI is told whatever was typed.
    if (!entry.passesOptions && args.includes(''))
      throw usageError(`an argument of ${entry.name} is empty`, `soundbite ${entry.name} --help`);
    await start(entry, args, command.optsWithGlobals());
  });
}

/** Errors are thrown and said by us, once; a typo gets commander's suggestion. */
function prepare(command: Command, write: (text: string) => void): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => undefined })
    .configureHelp({ showGlobalOptions: true, sortOptions: false })
    .showSuggestionAfterError(true)
    .allowExcessArguments(false);
}

const environmentsText = (declared: readonly HelpEnvironment[]) =>
  declared.length > 0 ? `\nEnvironments: ${declared.map(({ name }) => name).join(', ')}` : '';

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
