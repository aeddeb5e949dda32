import { readdir, readFile } from 'node:fs/promises';
import { type BenchStage, rounded } from './stage.ts';

/** Idle functions are gone after the emulator's 90 s; then some. */
const restSeconds = 110;

/** Proportional set size of every process of the home, at rest. */
export async function memory(stage: BenchStage, rest = restSeconds) {
  await new Promise((resolve) => setTimeout(resolve, rest * 1000));
  const processes = await homeProcesses(stage.home);
  const total = processes.reduce((sum, { megabytes }) => sum + megabytes, 0);
  const largest = [...processes].sort((a, b) => b.megabytes - a.megabytes).slice(0, 8);
  return {
    bench: 'memory',
    processes: processes.length,
    pssMegabytes: rounded(total, 0),
    largest: largest.map(({ name, megabytes }) => `${name} ${rounded(megabytes, 0)}`),
    must: { pssMegabytes: 1536 },
  };
}

/** A process of the home; `ticks` of CPU time, its ended children's included. */
export interface OwnProcess {
  readonly pid: string;
  readonly name: string;
  readonly megabytes: number;
  readonly ticks: number;
}

export async function homeProcesses(home: string): Promise<OwnProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(pids.map((pid) => processOf(pid, home)));
  const own = found.filter((candidate) => candidate !== null);
  const mine = new Set(own.filter(({ direct }) => direct).map(({ pid }) => pid));
  // Postgres' backends and the functions' workers name no home: they belong to it by their parents.
  for (let grown = true; grown; ) {
    const more = own.filter(({ pid, parent }) => !mine.has(pid) && mine.has(parent));
    grown = more.length > 0;
    for (const { pid } of more) mine.add(pid);
  }
  return own.filter(({ pid }) => mine.has(pid));
}

async function processOf(pid: string, home: string) {
  try {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8');
    const [command, environment, stat, smaps] = await Promise.all([
      read('cmdline'),
      read('environ'),
      read('stat'),
      read('smaps_rollup'),
    ]);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const parent = fields[1] ?? '0';
    const kilobytes = Number(/^Pss:\s+(\d+)/m.exec(smaps)?.[1] ?? 0);
    const words = command.split('\0').filter(Boolean);
    const name = words.find((word) => /main\.ts$|launcher\.py$|index\.mjs$|\/postgres$/.test(word)) ?? words[0] ?? '?';
    return {
      pid,
      parent,
      name: name.split('/').slice(-4).join('/'),
      megabytes: kilobytes / 1024,
      ticks: [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0),
      direct: `${command}${environment}`.includes(home),
    };
  } catch {
    // Gone meanwhile, or a kernel thread without a map.
    return null;
  }
}
