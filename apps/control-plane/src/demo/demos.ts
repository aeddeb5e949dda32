import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { DemoRequest, DemoRun, DemoView } from '@soundbite/client';
import { receivedError } from '@soundbite/model/errors.ts';
import { programFile } from '@soundbite/model/programs.ts';
import type { World } from '../world/world.ts';
import { demoEnded, demoHeard, type ProgramEnd } from './demo-facts.ts';
import { type DemoWorld, demoObstacle } from './demo-possible.ts';

/** Demos of this home, one at a time. */
export interface Demos {
  view(): Promise<DemoView>;
  /** Answers the one that runs where one does, or that was begun under this key. Errors: `demo-real`, `demo-unfit`. */
  start(request: DemoRequest, by: string): Promise<DemoView>;
  /** Where none runs nothing happens. */
  stop(): Promise<DemoView>;
}

/** The program of a demo: what it tells, a fact a line, and a standard input with whose end it stops. */
type DemoProgram = ChildProcessByStdio<Writable, Readable, Readable>;

interface Current {
  run: DemoRun;
  readonly key: string | undefined;
  readonly program: DemoProgram;
}

/**
 * Shows demos by the command that shows them to people, `soundbite demo`, in a process of its own. It has this one as its standard input, and stops and cleans
 * up when that ends: also when this process is killed. `program` starts it.
 */
export function demos(world: DemoWorld & Pick<World, 'log'>, program = soundbiteDemo): Demos {
  let current: Current | null = null;
  const view = async () => ({ refusal: await demoObstacle(world), run: current?.run ?? null });
  const change = (of: Current, more: Partial<DemoRun>) => {
    of.run = { ...of.run, ...more };
  };
  const isThis = ({ run, key }: Current, asked: string | undefined) =>
    run.ended === null || (key !== undefined && key === asked);
  return {
    view,
    async start({ only, idempotencyKey }, by) {
      const refusal = await demoObstacle(world);
      if (current && isThis(current, idempotencyKey)) return view();
      if (refusal) throw receivedError(refusal);
      const next: Current = { run: begun(by), key: idempotencyKey, program: program(world, only) };
      current = next;
      world.log.info({ by, only, pid: next.program.pid }, 'a demo begins');
      void follow(next.program, (line) => change(next, demoHeard(next.run, line))).then((end) => {
        change(next, { ...demoEnded(next.run, end), counted: null, ended: new Date().toISOString() });
        world.log.info({ state: next.run.state, ...end }, 'a demo has ended');
      });
      return view();
    },
    async stop() {
      if (current?.run.state === 'runs') {
        change(current, { state: 'stops' });
        current.program.stdin.end();
      }
      return view();
    },
  };
}

const begun = (by: string): DemoRun => ({
  ...{ id: randomUUID(), by, began: new Date().toISOString(), ended: null },
  ...{ state: 'runs', lines: [], counted: null, problem: null },
});

/** Hears each line until the program has ended. */
async function follow(program: DemoProgram, hear: (line: string) => void): Promise<ProgramEnd> {
  let said = '';
  program.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-2_000);
  });
  // It may be gone before it is told to stop.
  program.stdin.on('error', () => undefined);
  createInterface({ input: program.stdout }).on('line', hear);
  try {
    const [code, signal] = (await once(program, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, said };
  } catch (error) {
    return { code: null, signal: null, said: String(error) };
  }
}

/** Its environment is this process's own, which the CLI gave it; a group of its own, because whoever ends this one must leave it the time to clean up. */
function soundbiteDemo({ config }: DemoWorld, only: DemoRequest['only']): DemoProgram {
  const { PORT: _port, SOUNDBITE_STANDALONE: _standalone, ...env } = process.env;
  const words = ['demo', '--json', '--narrated', ...(only === undefined ? [] : ['--only', only])];
  return spawn(config.node, [programFile('apps/cli/src/main.js', config.installation), ...words], {
    cwd: config.root,
    env: { ...env, SOUNDBITE_HOME: config.home, SOUNDBITE_ROOT: config.root },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
}
