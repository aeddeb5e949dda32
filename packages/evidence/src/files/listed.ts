import type { EvidenceFact } from '@soundbite/model';

/** Facts that are kept of one file beside its sums. The file itself has all. */
const most = 100;

/** As many facts as are kept, and how many there are beside them. */
export function listed(facts: readonly EvidenceFact[]): readonly EvidenceFact[] {
  const rest = facts.length - most;
  return rest > 0 ? [...facts.slice(0, most), { name: `${rest} more`, ok: false, detail: 'see the file' }] : facts;
}
