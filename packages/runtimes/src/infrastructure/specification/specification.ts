import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type RecreationRules, SoundBiteError, type TypeRules } from '@soundbite/model';
import { programFile } from '@soundbite/model/programs.ts';

const program = programFile('packages/runtimes/src/infrastructure/specification/main.ts');

/** What was read already; undefined: the specification does not know the type. */
const read = new Map<string, TypeRules | undefined>();

/**
 * What AWS's specification, as the CDK ships it, says of resource types. It is read in a process of its own: nobody waits for it who did not ask,
 * and its memory goes with it. What was asked once is remembered. Errors: `specification-unread`.
 */
export async function recreationRules(types: ReadonlySet<string>): Promise<RecreationRules> {
  const unread = [...types].filter((type) => !read.has(type));
  if (unread.length > 0) {
    const found = new Map(await rulesFromProcess(unread));
    for (const type of unread) read.set(type, found.get(type));
  }
  return new Map(
    [...types].flatMap((type): [string, TypeRules][] => {
      const rules = read.get(type);
      return rules ? [[type, rules]] : [];
    }),
  );
}

async function rulesFromProcess(types: readonly string[]): Promise<[string, TypeRules][]> {
  const child = fork(program, [], { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const closed = once(child, 'close');
  let rules: [string, TypeRules][] | null = null;
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2000);
  });
  child.once('message', (answer) => {
    rules = answer as [string, TypeRules][];
  });
  // One that has ended says so by itself.
  child.send(types, () => {});
  const [code, signal] = await closed;
  if (rules) return rules;
  const why = stderr.trim() || 'it said nothing';
  throw new SoundBiteError('specification-unread', `AWS’s specification of resource types cannot be read: ${why}`, {
    cause: new Error(`its process ended with ${signal ?? code}`),
  });
}
