import type { ReleaseEvidence } from '../../release-evidence.ts';
import { type Gated, gatesAt } from '../declared.ts';
import { evidenceGate } from './evidence.ts';

/** Whose evidence counts in an environment, as its gates say: of a kind that none of them names, everybody's. Null: nobody recorded how it was declared. */
export function countsAsEvidence(environment: Gated | null): (one: Pick<ReleaseEvidence, 'kind' | 'by'>) => boolean {
  const asked = (environment ? gatesAt(environment, 'entry') : []).flatMap(({ gate, options }) => {
    const read = gate === 'evidence' ? evidenceGate.options.safeParse(options).data : undefined;
    return read ? [[read.kind, read.by] as const] : [];
  });
  const from = new Map(asked);
  return ({ kind, by }) => from.get(kind)?.includes(by) ?? true;
}
