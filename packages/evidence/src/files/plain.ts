import { type EvidenceReading, nothingSeen, PlainEvidence } from '@soundbite/model';
import { holdJson, type JsonFile } from './json.ts';
import { unreadable } from './unreadable.ts';

const hint = 'write {"verdict": "pass" or "fail", "facts": [{"name": "…", "ok": true or false, "detail": "…"}]}';

/** The plain form. It passes when it says so, and rests on something, all of which holds. */
export function readPlain(file: JsonFile): EvidenceReading {
  const { verdict, facts } = holdJson(file, PlainEvidence, hint);
  const wrong = facts.find(({ ok }) => !ok);
  if (verdict === 'pass' && wrong)
    throw unreadable(`the verdict is pass, but the fact ${JSON.stringify(wrong.name)} is not ok`, hint);
  if (facts.length === 0) return { format: 'json', verdict: 'fail', facts: [nothingSeen('facts')] };
  return { format: 'json', verdict, facts };
}
