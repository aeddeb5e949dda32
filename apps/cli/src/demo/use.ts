import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { DemoScript } from '@soundbite/model/demo/script.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';

interface Using {
  readonly root: string;
  /** Where the service is. */
  readonly url: string;
  /** Where the program may leave files. */
  readonly directory: string;
  readonly path: string | undefined;
  readonly signal: AbortSignal;
}

/** Runs the service's own program that uses it once; gives each of its lines as soon as it is there. Errors: `demo-otherwise`. */
export async function* usedOnce(
  { command: [program = '', ...args], seconds }: DemoScript['use'],
  { root, url, directory, path, signal }: Using,
): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined> {
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: path, LANG: 'C.UTF-8', SOUNDBITE_DEMO_URL: url, SOUNDBITE_DEMO_DIRECTORY: directory },
    signal: AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]),
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  const ended = once(child, 'close').then(
    ([code]) => code as number | null,
    (error: unknown) => error as Error,
  );
  for await (const line of createInterface({ input: child.stdout })) yield factIn(line);
  const end = await ended;
  signal.throwIfAborted();
  if (end === 0) return;
  const thrown = said.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? said.trim().split('\n').at(-1);
  const how = typeof end === 'number' ? `ended with exit code ${end}` : `did not end within ${seconds} s`;
  throw new SoundBiteError('demo-otherwise', `${[program, ...args].join(' ')} ${how}${thrown ? `: ${thrown}` : ''}`);
}

function factIn(line: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(line);
    if (typeof read === 'object' && read !== null) return read as Readonly<Record<string, unknown>>;
  } catch {
    // Somebody printed a sentence.
  }
  return { say: line };
}
