import { SoundBiteError, toErrorDocument } from '@soundbite/model/errors.ts';
import { errorReport, jsonText } from '@soundbite/reports';
import { CommanderError } from 'commander';
import { catalogue } from './catalogue.ts';
import { groups } from './command-groups.ts';
import { knownEnvironments } from './declaration.ts';
import { exitOfError, usageError } from './exits.ts';
import type { Shell } from './shell.ts';
import { nearest } from './suggest.ts';

/** Says an error once, in the form that was asked for, and gives its exit code. A stack trace only with `--verbose`. */
export async function sayError(shell: Shell, thrown: unknown, words: readonly string[]): Promise<number> {
  const error = await withSuggestion(
    shell,
    thrown instanceof CommanderError ? fromCommander(thrown, words) : thrown,
    words,
  );
  const document = toErrorDocument(error);
  const { stderr, stdout } = shell.host;
  const { source: _source, ...said } = document;
  if (shell.json) stdout.write(jsonText({ error: said }));
  else stderr.write(`${errorReport(document, shell.paint)}\n`);
  if (shell.verbose) stderr.write(`${traces(error)}\n`);
  return exitOfError(error);
}

/** commander's `error: unknown command 'statsu'\n(Did you mean status?)` in our words. */
function fromCommander(error: CommanderError, words: readonly string[]): SoundBiteError {
  // A command group without a command, or no command at all: commander would print its help as an error.
  if (error.code === 'commander.help') {
    const group = words.filter((word) => !word.startsWith('-')).join(' ');
    return usageError(group ? `${group} needs a command` : 'no command was given', helpFor(group));
  }
  const [message = '', hint] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = hint?.match(/^\((.*)\?\)$/)?.[1];
  const help = helpFor(commandOf(words));
  return usageError(
    message,
    suggestion ? `${suggestion.charAt(0).toLowerCase()}${suggestion.slice(1)}? (${help})` : help,
  );
}

/** The words that name a command or a group: `release lst` is about `release`. */
function commandOf(words: readonly string[]): string {
  const [first = '', second = ''] = words.filter((word) => !word.startsWith('-'));
  const whole = `${first} ${second}`;
  return catalogue.some(({ name }) => name === whole)
    ? whole
    : first in groups || catalogue.some(({ name }) => name === first)
      ? first
      : '';
}

const helpFor = (command: string) => `soundbite ${command ? `${command} ` : ''}--help`;

/** What this shell knows better than whoever refused it. */
async function withSuggestion(shell: Shell, error: unknown, words: readonly string[]): Promise<unknown> {
  if (!(error instanceof SoundBiteError)) return error;
  if (error.code === 'environment-unknown') return withNames(shell, error, words);
  if (error.code !== 'unauthorized' || !shell.host.env.SOUNDBITE_TOKEN) return error;
  const hint = 'unset SOUNDBITE_TOKEN, or ask an admin for a new one: soundbite token create --help';
  return new SoundBiteError('unauthorized', 'SOUNDBITE_TOKEN is no token, or it is over', { hint, cause: error });
}

/** An environment that is not declared: which name was meant by what was typed? */
async function withNames(shell: Shell, error: SoundBiteError, words: readonly string[]): Promise<SoundBiteError> {
  const names = (await knownEnvironments(shell)).map(({ name }) => name);
  if (names.length === 0) return error;
  const near = words.map((word) => nearest(word, names)).find((name) => name !== undefined && !words.includes(name));
  return new SoundBiteError('environment-unknown', error.message, {
    hint: near ? `did you mean ${near}?` : `choose one of ${names.join(', ')}`,
    cause: error,
  });
}

function traces(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return error instanceof Error && error.cause ? `${stack}\ncaused by ${traces(error.cause)}` : stack;
}
