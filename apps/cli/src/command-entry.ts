import type { CommandResult, Shell } from './shell.ts';

type Arguments = readonly (string | undefined)[];
/** Values as commander gives them: `--no-x` gives `x: false`, a repeated option a list. */
export type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
export type CommandAction = (shell: Shell, args: Arguments, options: Options) => Promise<CommandResult>;

/** One command as the help shows it. Its code is loaded when it runs: the start stays quick. */
export interface CommandEntry {
  /** `release cut`: a command of the group `release`. */
  readonly name: string;
  readonly args?: string;
  readonly summary: string;
  /** Options that it does not know are arguments: they are another program's. */
  readonly passesOptions?: true;
  readonly more?: string;
  readonly options?: readonly (readonly [flags: string, text: string])[];
  /** Options that may be given several times. */
  readonly lists?: readonly (readonly [flags: string, text: string])[];
  /** `{first}`, `{middle}`, `{last}` and `{process}` stand for declared environments (examples.ts). */
  readonly examples: readonly string[];
  readonly load: () => Promise<{ readonly run: CommandAction }>;
}
