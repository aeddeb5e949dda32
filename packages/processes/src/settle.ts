import { adoptCopy } from './adopt-copy.ts';
import type { HomePaths } from './home.ts';
import type { HostEvent } from './host.ts';
import { readRecords, saveRecord } from './process-records.ts';
import { relocated } from './relocate.ts';
import { specDigest } from './spec.ts';
import { homeId, homeStanding, mark } from './standing.ts';

/**
 * Sees that a home knows itself before anything of it is used; only the holder of its lock may. A new one gets an identity, a copy becomes a home
 * of its own, and the records of one that was moved follow it. Gives its identity.
 */
export function settle(home: HomePaths, emit: (event: HostEvent) => void): string {
  const before = homeStanding(home);
  if (before.kind === 'new') return homeId(home);
  if (before.kind === 'copy') {
    const { id } = adoptCopy(home, before.mark);
    emit({ code: 'home-copied', name: 'host', text: `a copy of ${before.mark.path}: it has records of its own now` });
    return id;
  }
  if (before.mark.path !== home.path) followMove(home, before.mark.path);
  return mark(home, before.mark).id;
}

/** Records name the old path; a process that was started with it no longer matches its record. */
function followMove(home: HomePaths, from: string): void {
  for (const record of readRecords(home)) {
    const spec = relocated(record.spec, from, home.path);
    if (specDigest(spec) !== specDigest(record.spec)) saveRecord(home, { ...record, spec });
  }
}
