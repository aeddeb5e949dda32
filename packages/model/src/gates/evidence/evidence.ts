import { z } from 'zod';
import { EvidenceKind, type NewestEvidence } from '../../release-evidence.ts';
import { Duration, durationMs } from '../duration.ts';
import { entryGate, type GateResult } from '../gate.ts';

const Options = z.strictObject({
  kind: EvidenceKind.describe('which evidence: as `soundbite evidence add <release> <kind>` calls it'),
  maxAge: Duration.optional().describe('how old it may be; absent: any age'),
  by: z.array(z.string().min(1)).min(1).optional().describe('from whom it counts; absent: from anybody'),
});

/** A file that a team brought says that the release is good. */
export const evidenceGate = entryGate({
  moments: ['entry'],
  about: ({ kind }) => kind,
  options: Options,
  passes: 'the newest evidence of that kind for the release passes, is from an allowed person and not too old',
  ask: (evidence, { kind }) => evidence.newest(kind),
  decide,
});

function decide(
  newest: NewestEvidence | null,
  { kind, maxAge, by }: z.output<typeof Options>,
  now: number,
): GateResult {
  const wait = (reason: string): GateResult => ({ verdict: 'wait', reasons: [reason] });
  if (newest === null)
    return wait(
      `there is no evidence of the kind ${kind} yet: soundbite evidence add <release> ${kind} --file <report>`,
    );
  if (by && !by.includes(newest.by)) return wait(`${kind} is from ${newest.by}; it counts from ${by.join(' or ')}`);
  if (newest.verdict === 'fail') return { verdict: 'fail', reasons: [`${kind} says that it fails (${newest.id})`] };
  if (maxAge !== undefined && now - Date.parse(newest.at) > durationMs(maxAge))
    return wait(`${kind} is of ${newest.at}, older than ${maxAge}`);
  return { verdict: 'pass', reasons: [`${kind} passes (${newest.id})`] };
}
