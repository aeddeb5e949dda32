import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Fact, type ProgramCopy, type ProgramKind, type ProgramRun, programLimits } from '@soundbite/model';
import { executableOf, markOf } from './environment.ts';
import { guard } from './guard.ts';
import { factReader, mebibytes } from './lines.ts';

/** How long a program may clean up after SIGTERM at its deadline, and how long the guard may take to end what is left, in ms. */
const timing = { graceMs: 1_000, guardMs: 3_000 } as const;

/** How much of its standard error is kept, in characters. */
const keptStderr = 1_500;

export interface ProgramOptions {
  readonly kind: ProgramKind;
  readonly copy: ProgramCopy;
  readonly env: Readonly<Record<string, string>>;
  /** Ends the run at once; then it rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Hears each fact when it is said. */
  heard(fact: Fact): void;
}

type Ended = Omit<ProgramRun, 'hasAsked'>;

/**
 * Runs a program of the service in a process group of its own, with a stated environment, until it ends, its time is over, or it prints too much. Nothing
 * that it started is left afterwards, and nothing when this process is killed meanwhile (see `guard`); only a process that left the group, its
 * directory and its environment is not found. Errors: `program-missing`, the signal's reason.
 */
export async function runProgram(options: ProgramOptions): Promise<Ended> {
  const { copy, signal } = options;
  const executable = await executableOf(copy, options.kind);
  signal.throwIfAborted();
  const program = await started(options, executable);
  const reading = read(program.child, options);
  const over = new AbortController();
  try {
    const end = await Promise.race([
      reading.flooded,
      endInTime(program, copy.seconds, over.signal),
      rejected(signal, over.signal),
    ]);
    await clear(program);
    if (end.is === 'exited' || end.is === 'signalled') reading.facts.end();
    const stderr = withoutDirectory(reading.stderr(), program.directory).trim();
    return { end, facts: reading.facts.facts, strange: reading.facts.strange, stderr };
  } finally {
    over.abort();
    await clear(program);
  }
}

interface Started {
  readonly child: ChildProcess;
  /** Its working directory, without links. */
  readonly directory: string;
  readonly exit: Promise<ProgramRun['end']>;
  /** It has ended, and so has the guard. */
  readonly closed: Promise<unknown>;
}

/** By the guard's shell, which becomes the program. */
async function started({ kind, copy, env }: ProgramOptions, executable: string): Promise<Started> {
  const directory = await realpath(copy.directory);
  const [, ...args] = copy.command;
  const child = spawn('/bin/sh', ['-c', guard, 'guard', randomUUID(), markOf(kind), directory, executable, ...args], {
    cwd: directory,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit').then(([code, signal]): ProgramRun['end'] =>
    signal === null ? { is: 'exited', code: code ?? 0 } : { is: 'signalled', signal },
  );
  const closed = once(child, 'close');
  for (const promise of [exit, closed]) promise.catch(() => {});
  await once(child, 'spawn');
  const pipe = guardPipe(child);
  pipe.on('error', () => {});
  // Its end is the guard's.
  pipe.resume();
  return { child, directory, exit, closed };
}

const guardPipe = ({ stdio }: ChildProcess): Socket => stdio[3] as Socket;

function read(child: ChildProcess, { heard }: ProgramOptions) {
  const facts = factReader(heard);
  const flooded = Promise.withResolvers<ProgramRun['end']>();
  let stderr = '';
  let stderrBytes = 0;
  const flooding = (what: string) => {
    // What comes now is not kept.
    for (const stream of [child.stdout, child.stderr]) stream?.removeAllListeners('data').resume();
    flooded.resolve({ is: 'flooding', what });
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    const exceeded = facts.take(chunk);
    if (exceeded !== null) flooding(exceeded);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-keptStderr);
    stderrBytes += chunk.length;
    if (stderrBytes > programLimits.stderrBytes) flooding(`${mebibytes(programLimits.stderrBytes)} on standard error`);
  });
  return { facts, flooded: flooded.promise, stderr: () => stderr };
}

/** Its own end, or that its time is over: then it is asked to end, and has a moment to clean up. */
async function endInTime({ child, exit }: Started, seconds: number, over: AbortSignal): Promise<ProgramRun['end']> {
  const end = await Promise.race([exit, pause(seconds * 1000, null, { signal: over })]);
  if (end !== null) return end;
  signalGroup(child, 'SIGTERM');
  await Promise.race([exit, pause(timing.graceMs, null, { signal: over })]);
  return { is: 'late', seconds };
}

async function rejected(signal: AbortSignal, over: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort', { signal: over });
  throw signal.reason;
}

/** The directory is another one in each run, and says nothing to anybody. */
const withoutDirectory = (text: string, directory: string): string =>
  text.replaceAll(`${pathToFileURL(directory).href}/`, '').replaceAll(`${directory}/`, '');

/** Ends what is left, by the guard; if somebody killed the guard, what is left of the group. */
async function clear({ child, closed }: Started): Promise<void> {
  guardPipe(child).end();
  const late = new AbortController();
  const isClosed = await Promise.race([closed.then(() => true), pause(timing.guardMs, false, { signal: late.signal })]);
  late.abort();
  if (isClosed) return;
  signalGroup(child, 'SIGKILL');
  for (const stream of child.stdio) stream?.destroy();
  await closed;
}

/** A group whose last process has ended needs no signal. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
