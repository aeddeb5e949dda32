import { roleNames } from '@soundbite/model/people/roles.ts';
import { isPackaged } from '@soundbite/model/programs.ts';
import { catalogue } from './catalogue.ts';
import type { CommandEntry } from './command-entry.ts';

/** What completion needs besides the commands; read only when needed. */
export interface Completable {
  /** Declared environments, in order. */
  environments(): Promise<readonly string[]>;
  /** The first twelve digits of releases, newest first. */
  releases(): Promise<readonly string[]>;
}

export interface Suggestion {
  readonly value: string;
  readonly about: string;
}

/** Told to the shell in place of suggestions: it completes directories by itself. */
const directories: Suggestion = { value: ':directories', about: '' };

const globalOptions = [
  ['--json', 'print one JSON document'],
  ['--verbose', 'say more'],
  ['--standalone', 'start a control plane for this command only'],
  ['--help', 'help for a command'],
] as const;

type Described = Pick<CommandEntry, 'name' | 'args' | 'summary' | 'options' | 'lists'>;

/** Beside the catalogue: what commander and soundbite.sh themselves bring. */
const others: readonly Described[] = [
  { name: 'help', args: '[command...]', summary: 'help for a command' },
  ...(isPackaged ? [] : [{ name: 'test', args: '[part...]', summary: 'run the tests' }]),
];

const fixed: Readonly<Record<string, readonly string[]>> = {
  shell: ['bash', 'zsh', 'fish'],
  format: ['junit', 'sarif', 'json'],
  scope: ['automatic', 'all'],
  part: ['check', 'unit', 'parts', 'journeys'],
  role: roleNames,
};

/** Candidates for the last of these words (without the program's name), which may be empty or begun. */
export async function complete(words: readonly string[], known: Completable): Promise<readonly Suggestion[]> {
  const { before, last, split } = joined(words);
  const commands: readonly Described[] = [...catalogue, ...others];
  const { command, given, rest } = commandIn(before, commands);
  const awaited = optionOf(command, before.at(-1) ?? '');
  if (awaited?.takes) return valuesOf(awaited.takes, last, known, { split });
  const assigned = /^(--[a-z-]+)=(.*)$/.exec(last);
  if (assigned) {
    const [, flag = '', typed = ''] = assigned;
    const takes = optionOf(command, flag)?.takes;
    return takes ? valuesOf(takes, typed, known, { split, lead: `${flag}=` }) : [];
  }
  if (last.startsWith('-')) return startingWith(last, optionsOf(command, before));
  if (!command) return startingWith(last, nextWords(given, commands));
  const kind = placeOf(command, rest.length);
  if (!kind) return startingWith(last, optionsOf(command, before));
  if (kind === 'command') return startingWith(last, nextWords(rest, commands));
  const values = await valuesOf(kind, last, known, { split });
  return values.filter(({ value }) => !rest.includes(value));
}

/** bash takes `--through=x` and `sha256:x` apart; here they are one word again, and `split` says that only what follows is wanted. */
function joined(words: readonly string[]): { before: readonly string[]; last: string; split: boolean } {
  const whole: string[] = [];
  let glue = false;
  for (const word of words) {
    const separator =
      (word === '=' && whole.at(-1)?.startsWith('--')) || (word === ':' && whole.at(-1)?.endsWith('sha256'));
    if (separator || glue) whole.push(`${whole.pop() ?? ''}${word}`);
    else whole.push(word);
    glue = separator === true;
  }
  const parts = words.slice(-2);
  const split = whole.length < words.length && (parts.includes('=') || parts.includes(':'));
  return { before: whole.slice(0, -1), last: whole.at(-1) ?? '', split };
}

/** The command that the words name, the words that name it, and its arguments. */
function commandIn(words: readonly string[], commands: readonly Described[]) {
  const plain = words.filter((word, index) => !word.startsWith('-') && !takesValue(words, index, commands));
  const two = commands.find(({ name }) => name === plain.slice(0, 2).join(' ') && name.includes(' '));
  const command = two ?? commands.find(({ name }) => name === plain[0]);
  return { command, given: plain, rest: plain.slice(two ? 2 : 1) };
}

/** Whether a word is the value of the option before it. */
function takesValue(words: readonly string[], index: number, commands: readonly Described[]): boolean {
  const flag = words[index - 1] ?? '';
  return flag.startsWith('--') && commands.some((command) => optionOf(command, flag)?.takes !== undefined);
}

function nextWords(given: readonly string[], commands: readonly Described[]): Suggestion[] {
  const seen = new Map<string, string>();
  for (const { name, summary } of commands) {
    const words = name.split(' ');
    const word = words[given.length];
    if (word === undefined || given.some((one, index) => one !== words[index])) continue;
    if (!seen.has(word)) seen.set(word, words.length === given.length + 1 ? summary : `${word} …`);
  }
  return [...seen].map(([value, about]) => ({ value, about }));
}

interface OptionWords {
  readonly flag: string;
  readonly about: string;
  /** What it takes: `release` of `--release <release>`. */
  readonly takes: string | undefined;
  readonly repeats: boolean;
}

function optionsIn({ options = [], lists = [] }: Described): OptionWords[] {
  const wordsOf =
    (repeats: boolean) =>
    ([flags, about]: readonly [string, string]) => ({
      flag: /--[a-z-]+/.exec(flags)?.[0] ?? '',
      about,
      takes: /<(.+)>/.exec(flags)?.[1],
      repeats,
    });
  return [...options.map(wordsOf(false)), ...lists.map(wordsOf(true))];
}

const optionOf = (command: Described | undefined, flag: string) =>
  command && optionsIn(command).find((option) => option.flag === flag);

function optionsOf(command: Described | undefined, before: readonly string[]): Suggestion[] {
  const own = command ? optionsIn(command) : [];
  const free = own.filter(({ flag, repeats }) => repeats || !before.some((word) => word.split('=')[0] === flag));
  const general = [...globalOptions, ...(command ? [] : [['--version', 'the version of SoundBite'] as const])];
  return [
    ...free.map(({ flag, about }) => ({ value: flag, about })),
    ...general.filter(([flag]) => !before.includes(flag)).map(([value, about]) => ({ value, about })),
  ];
}

/** The kind of an argument at a position: `environment` of `<environment>`; the last of `[environment...]` any number of times. */
function placeOf({ args = '' }: Described, index: number): string | undefined {
  const places = args.split(' ').filter(Boolean);
  const place = places[index] ?? (places.at(-1)?.includes('...') ? places.at(-1) : undefined);
  return place?.replace(/[<>[\].]/g, '');
}

/** The values of a kind that begin as typed; as whole words, with what stands before them (`lead`), unless the shell has split these. */
async function valuesOf(
  kind: string,
  typed: string,
  known: Completable,
  { split, lead = '' }: { split: boolean; lead?: string },
): Promise<readonly Suggestion[]> {
  if (kind === 'directory') return [directories];
  const before = split ? '' : lead;
  if (kind === 'release') {
    const scheme = typed.startsWith('sha256:') ? 'sha256:' : '';
    const found = (await known.releases()).filter((release) => release.startsWith(typed.slice(scheme.length)));
    return found.map((release) => ({ value: `${before}${split ? '' : scheme}${release}`, about: 'release' }));
  }
  const isEnvironment = kind.split('|').includes('environment') || kind === 'name';
  const values = isEnvironment ? await known.environments() : (fixed[kind] ?? []);
  const about = isEnvironment ? 'environment' : kind;
  return values.filter((value) => value.startsWith(typed)).map((value) => ({ value: `${before}${value}`, about }));
}

const startingWith = (typed: string, suggestions: readonly Suggestion[]) =>
  suggestions.filter(({ value }) => value.startsWith(typed));
