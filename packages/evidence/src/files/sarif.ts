import { cutText, type EvidenceFact, type EvidenceReading, nothingSeen } from '@soundbite/model';
import type { z } from 'zod';
import { holdJson, type JsonFile } from './json.ts';
import { listed } from './listed.ts';
import { SarifLog, type SarifResult, type SarifRun } from './sarif-form.ts';
import { levelOf } from './sarif-level.ts';

const hint = 'have your tool write SARIF 2.1.0';

/**
 * Reads SARIF 2.1.0. It passes if there is a run, each run has results (even none) and says of no trouble of its own, and no result that counts is an error.
 * Warnings and notes are counted, and no more.
 */
export function readSarif(file: JsonFile): EvidenceReading {
  const { runs } = holdJson(file, SarifLog, hint) as z.output<typeof SarifLog>;
  if (!runs || runs.length === 0) return { format: 'sarif', verdict: 'fail', facts: [nothingSeen('runs')] };
  const read = runs.map(readRun);
  const verdict = read.every(({ sum }) => sum.ok) ? 'pass' : 'fail';
  return {
    format: 'sarif',
    verdict,
    facts: [...listed(read.map(({ sum }) => sum)), ...listed(read.flatMap(({ errors }) => errors))],
  };
}

interface ReadRun {
  readonly sum: EvidenceFact;
  readonly errors: readonly EvidenceFact[];
}

function readRun(run: SarifRun): ReadRun {
  const name = cutText(run.tool.driver.name, 400) || 'a tool without a name';
  const trouble = troubleOf(run);
  const present = (run.results ?? []).filter((result) => result.baselineState !== 'absent');
  const counting = present.filter((result) => !isSuppressed(result));
  const at = { error: 0, warning: 0, note: 0, none: 0 };
  const errors: EvidenceFact[] = [];
  for (const result of counting) {
    const level = levelOf(run, result);
    at[level]++;
    if (level === 'error') errors.push(factOf(result));
  }
  const suppressed = present.length - counting.length;
  const sums = `${at.error} errors, ${at.warning} warnings, ${at.note} notes${suppressed > 0 ? `, ${suppressed} suppressed` : ''}`;
  const ok = trouble === null && at.error === 0;
  return { sum: { name, ok, detail: trouble === null ? sums : `${trouble}; ${sums}` }, errors };
}

/** Why nothing is known by a run. */
function troubleOf({ results, invocations, externalPropertyFileReferences }: SarifRun): string | null {
  if (externalPropertyFileReferences?.results?.length) return 'its results are in other files, which are not read';
  if (!results) return 'it has no results, not even none';
  if (invocations?.some(({ executionSuccessful }) => executionSuccessful === false))
    return 'the tool says that it failed';
  return null;
}

/** By the standard: somebody asked for it, and nobody has refused it or is still to decide. */
const isSuppressed = ({ suppressions }: SarifResult): boolean =>
  (suppressions?.length ?? 0) > 0 &&
  suppressions?.every(({ status }) => (status ?? 'accepted') === 'accepted') === true;

function factOf({ ruleId, rule, message, locations }: SarifResult): EvidenceFact {
  const place = locations?.[0]?.physicalLocation;
  const uri = place?.artifactLocation?.uri;
  const line = place?.region?.startLine;
  const where = uri ? `${uri}${line ? `:${line}` : ''}: ` : '';
  const said = message?.text ?? message?.markdown ?? message?.id ?? '';
  return {
    name: cutText(ruleId ?? rule?.id ?? 'a result', 400) || 'a result',
    ok: false,
    detail: cutText(`${where}${said}`, 1000),
  };
}
