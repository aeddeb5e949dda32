import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * Names one process for ever: a pid is used again, a pid with its start time (clock ticks since boot) and the boot is not.
 * Source: /proc/<pid>/stat, /proc/sys/kernel/random/boot_id.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly ticks: number;
  readonly boot: string;
}

interface ProcessStat {
  readonly pid: number;
  readonly zombie: boolean;
  readonly stopped: boolean;
  readonly group: number;
  readonly session: number;
  readonly ticks: number;
}

let bootId: string | undefined;

/** Tells this run of the machine from all others. */
export function boot(): string {
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return bootId;
}

/** A file of /proc vanishes with its process: then there is nothing to read, which is an answer and no error. */
function readProc<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function statOf(pid: number): ProcessStat | null {
  const text = readProc(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (text === null) return null;
  // The command's name is in brackets and may contain anything, even brackets: fields are counted from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    stopped: fields[0] === 'T' || fields[0] === 't',
    group: Number(fields[2]),
    session: Number(fields[3]),
    ticks: Number(fields[19]),
  };
}

/** The identity of a process that runs now; null when there is none (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | null {
  const stat = statOf(pid);
  return stat === null || stat.zombie ? null : { pid, ticks: stat.ticks, boot: boot() };
}

/** Whether somebody stopped a process (SIGSTOP, Ctrl-Z, a debugger): it lives, and does nothing. */
export const isStopped = (pid: number): boolean => statOf(pid)?.stopped === true;

/** True while exactly this process runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== null && now.ticks === identity.ticks && now.boot === identity.boot;
}

/** Sends a signal to exactly this process; false when it is gone. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(identity.pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

function allStats(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => statOf(Number(entry)))
    .filter((stat) => stat !== null)
    .filter((stat) => !stat.zombie);
}

function writesTo(pid: number, file: string): boolean {
  return [1, 2].some((fd) => isFile(readProc(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? '', file));
}

/** Whether a link of /proc names this file; by the directory itself, since a home may be mounted at two paths. */
function isFile(link: string, file: string): boolean {
  // The home may have been removed by hand while its processes lived on.
  if (link === file || link === `${file} (deleted)`) return true;
  return basename(link) === basename(file) && isSameDirectory(dirname(link), dirname(file));
}

/** Whether two paths lead to one directory. */
export function isSameDirectory(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => readProc(() => statSync(path, { bigint: true })));
  return a != null && b != null && a.dev === b.dev && a.ino === b.ino;
}

/**
 * Leftovers of a supervised process: members of its group or session (`leader` names both), and processes that still write to its log
 * (Postgres' backends make sessions of their own; a process started just before its host was killed was never recorded).
 */
export function leftovers(leader: ProcessIdentity | null, log: string): readonly ProcessIdentity[] {
  const atLeader = leader === null ? null : statOf(leader.pid);
  // Another process with the leader's pid: the group's number was given away, so nothing of the old group is left.
  const groupIsOurs =
    leader !== null && leader.boot === boot() && (atLeader === null || atLeader.ticks === leader.ticks);
  const ofGroup = (stat: ProcessStat) =>
    groupIsOurs && (stat.group === leader.pid || stat.session === leader.pid) && stat.ticks >= leader.ticks;
  return allStats()
    .filter((stat) => stat.pid !== process.pid && (ofGroup(stat) || writesTo(stat.pid, log)))
    .map((stat) => ({ pid: stat.pid, ticks: stat.ticks, boot: boot() }));
}

/** True when one of the given processes' descendants in its group, or itself, holds the socket with one of these inodes. */
export function holdsSocket(leader: ProcessIdentity, inodes: ReadonlySet<string>): boolean {
  const links = new Set([...inodes].map((inode) => `socket:[${inode}]`));
  return allStats()
    .filter((stat) => stat.group === leader.pid || stat.session === leader.pid)
    .some((stat) => {
      const fds = readProc(() => readdirSync(`/proc/${stat.pid}/fd`)) ?? [];
      return fds.some((fd) => links.has(readProc(() => readlinkSync(`/proc/${stat.pid}/fd/${fd}`)) ?? ''));
    });
}
