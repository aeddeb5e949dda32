import { type ComponentState, peakOfReport, type Target } from '@soundbite/model';
import type { FoundAlias } from './alias.ts';
import type { Clients } from './clients.ts';
import { componentsOf } from './components.ts';
import { type Member, membersNow } from './found.ts';
import { scanLog, versionOfStream } from './log-scan.ts';
import { logGroup } from './logs.ts';
import type { Proving } from './proof.ts';
import type { Version } from './versions.ts';

/** For the most memory that was used, so far back is read, in ms; and at most so many pages. */
const backMs = 60 * 60_000;
const pages = 3;

/** The versions that take the traffic of each component: their state, and the memory that their environments reported in the last hour. */
export async function functionStates(clients: Clients & Proving, target: Target): Promise<ComponentState[]> {
  const { seen, releases } = await membersNow(clients, null, componentsOf(target));
  const found = seen.flatMap((member) =>
    serving(member).flatMap((version) => {
      const release = releases.find((one) => version.releases.includes(one)) ?? version.claim;
      // What belongs to no release is drift, and told as that.
      return release === null ? [] : [{ member, version, release }];
    }),
  );
  return Promise.all(
    found.map(async ({ member, version, release }): Promise<ComponentState> => {
      const { functionName, name } = member.component;
      const { state, told } = version;
      return {
        ...{ component: name, as: 'function', release, serves: true, state: state.toLowerCase() },
        isWell: state === 'Active' || state === 'Inactive',
        ...(told.StateReason ? { reason: told.StateReason } : {}),
        // AWS replaces its environments unseen.
        ...{ restarts: null, oomKills: null, lastOomKill: null },
        memory: {
          usedMiB: null,
          peakMiB: await peakOf(clients, functionName, version.version),
          limitMiB: told.MemorySize ?? null,
        },
      };
    }),
  );
}

const serving = ({ alias, versions }: Member): readonly Version[] =>
  versions.published.filter(({ version }) => isLed(alias, version));

const isLed = ({ version, other }: FoundAlias, name: string): boolean => version === name || other?.version === name;

/** Null: nobody invoked it in that time, or its log cannot be read. */
async function peakOf(clients: Clients, functionName: string, version: string): Promise<number | null> {
  try {
    const log = { group: await logGroup(clients, functionName), pattern: '?"Max Memory Used" ?"platform.report"' };
    const { events } = await scanLog(clients.logs, log, { startTime: Date.now() - backMs }, pages);
    const peaks = events
      .filter(({ logStreamName }) => versionOfStream(logStreamName) === version)
      .map(({ message }) => peakOfReport(message ?? ''))
      .filter((one) => one !== null);
    return peaks.length === 0 ? null : Math.max(...peaks);
  } catch {
    return null;
  }
}
