import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isPackaged } from '@soundbite/model/programs.ts';
import { ansi, type Paint, plain } from '@soundbite/reports/text.ts';
import type { EndSignal } from './end-signals.ts';
import type { Output, Outputs } from './output.ts';

/** The process as the CLI sees it; tests bring their own. */
export interface CliProcess extends Outputs {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  cwd(): string;
  on(event: EndSignal, listener: () => void): unknown;
  off(event: EndSignal, listener: () => void): unknown;
}

/** Where progress is drawn: a terminal is drawn over, anything else gets plain lines. */
export interface Progress {
  readonly stream: Output;
  readonly terminal: boolean;
  readonly paint: Paint;
  line(text: string): void;
}

/** The context of every command. */
export interface Shell {
  readonly host: CliProcess;
  /** The repository whose service is delivered: the one that SOUNDBITE_ROOT names, else the installation's own; with the npm package the one around this directory. */
  readonly root: string;
  /** Where the code of SoundBite itself lies, with what it needs. */
  readonly installation: string;
  /** Where state lives: `.soundbite`, or SOUNDBITE_HOME. */
  readonly home: string;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly standalone: boolean;
  /** Colours of the result on standard output. */
  readonly paint: Paint;
  /** Standard output; standard error with `--json`, when standard output is one document. */
  readonly progress: Progress;
}

/** A command's result: the document of `--json`, the text for people, the exit code (0 when absent). */
export interface CommandResult {
  readonly document: unknown;
  readonly text: string;
  readonly exit?: number;
  /** All was said on the way: there is no document any more. */
  readonly said?: true;
}

export interface GlobalOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly standalone?: boolean;
}

export function makeShell(host: CliProcess, installation: string, options: GlobalOptions): Shell {
  const root = host.env.SOUNDBITE_ROOT ? resolve(host.cwd(), host.env.SOUNDBITE_ROOT) : ownRoot(host, installation);
  const json = options.json ?? false;
  const stream = json ? host.stderr : host.stdout;
  const colours = (out: Output) => (isTerminal(host, out) && !host.env.NO_COLOR ? ansi : plain);
  return {
    host,
    root,
    installation,
    home: realHome(host.env.SOUNDBITE_HOME ? resolve(host.cwd(), host.env.SOUNDBITE_HOME) : join(root, '.soundbite')),
    json,
    verbose: options.verbose ?? false,
    standalone: options.standalone ?? false,
    paint: colours(host.stdout),
    progress: {
      stream,
      terminal: isTerminal(host, stream),
      paint: colours(stream),
      line: (text) => stream.write(`${text}\n`),
    },
  };
}

function ownRoot(host: CliProcess, installation: string): string {
  return isPackaged ? declaredAround(host.cwd()) : installation;
}

/** The nearest directory with a declaration, from `start` upwards; `start` itself where there is none. */
export function declaredAround(start: string): string {
  for (let at = start; ; at = dirname(at)) {
    if (['environments.yaml', 'service.yaml'].some((name) => existsSync(join(at, name)))) return at;
    if (at === dirname(at)) return start;
  }
}

/** One home has one name: processes are started with it, and another name would restart them. */
const realHome = (path: string) => (existsSync(path) ? realpathSync(path) : path);

const isTerminal = (host: CliProcess, stream: Output) => stream.isTTY && host.env.TERM !== 'dumb';
