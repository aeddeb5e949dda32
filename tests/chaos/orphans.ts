import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ChaosStage } from './stage.ts';

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly command: string;
}

/**
 * Processes that work for this home and hang on nothing that its host knows: functions of a dead account, services of versions that were
 * given back, children of a dead control plane. Known by the home's path in their arguments, directory, environment or log.
 */
export async function orphans(stage: ChaosStage): Promise<string[]> {
  const host = await stage.host();
  const running = await host.list();
  const known = new Set([host.pid, ...running.map(({ pid }) => pid)]);
  const all = new Map(processes().map((process) => [process.pid, process]));
  const hangsOn = (process: Seen | undefined): boolean =>
    process !== undefined &&
    (known.has(process.pid) ||
      known.has(process.group) ||
      known.has(process.session) ||
      hangsOn(all.get(process.parent)));
  return [...all.values()]
    .filter((process) => process.pid !== globalThis.process.pid && worksFor(process, stage.home) && !hangsOn(process))
    .map(({ pid, command }) => `process ${pid} hangs on nothing: ${command}`);
}

function processes(): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = read(`/proc/${name}/stat`);
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (stat === '' || fields[0] === 'Z') return [];
      return [
        {
          pid: Number(name),
          parent: Number(fields[1]),
          group: Number(fields[2]),
          session: Number(fields[3]),
          command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim(),
        },
      ];
    });
}

/** Not this test's own commands, which name the home too: those carry it in SOUNDBITE_HOME, and hang on this process. */
function worksFor({ pid, command, parent }: Seen, home: string): boolean {
  if (parent === process.pid) return false;
  const places = [command, link(`/proc/${pid}/cwd`), link(`/proc/${pid}/fd/1`), link(`/proc/${pid}/fd/2`)];
  return (
    places.some((place) => place.includes(`${home}/`)) ||
    (/STATE_ROOT=/.test(read(`/proc/${pid}/environ`)) && read(`/proc/${pid}/environ`).includes(home))
  );
}

/** A process that ends while it is looked at has nothing to say. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
