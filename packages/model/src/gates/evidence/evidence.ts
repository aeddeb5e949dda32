import { z } from 'zod';
import { EvidenceKind, type NewestEvidence } from '../../release-evidence.ts';
import { Duration, durationMs } from '../duration.ts';
import { entryGate, type GateResult } from '../gate.ts';

const Options = z.strictObject({
  kind: EvidenceKind.describe('which evidence: as `soundbite evidence add <release> <kind>` calls it'),
  maxAge: Duration.optional().describe('how old it may be; absent: any age'),
  by: z
    // As tokens name people and programs: capitals do not make another one.
    .array(z.string().min(1).toLowerCase())
    .min(1)
    .optional()
    .describe('from whom it counts, whatever others bring; absent: from anybody'),
});

/** A file that a team brought says that the release is good. */
export const evidenceGate = entryGate({
  moments: ['entry'],
  about: ({ kind }) => kind,
  options: Options,
  passes:
    'the newest evidence of that kind for the release, of all that is from an allowed person, passes and is not too old',
  ask: (evidence, { kind, by }) => evidence.newest(kind, by),
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
      `there is no evidence of the kind ${kind}${by ? ` from ${by.join(' or ')}` : ''} yet: soundbite evidence add <release> ${kind} --file <report>`,
    );
  if (newest.verdict === 'fail') return { verdict: 'fail', reasons: [`${kind} says that it fails (${newest.id})`] };
  if (maxAge !== undefined && now - Date.parse(newest.at) > durationMs(maxAge))
    return wait(`${kind} is of ${newest.at}, older than ${maxAge}`);
  return { verdict: 'pass', reasons: [`${kind} passes (${newest.id})`] };
}
