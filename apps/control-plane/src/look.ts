import type { FindingView } from '@soundbite/client';
import { hintFor, toErrorDocument } from '@soundbite/model';

/** Looks at one thing; what it throws is what it found. */
export async function look(name: string, work: () => Promise<Omit<FindingView, 'name'>>): Promise<FindingView> {
  try {
    return { name, ...(await work()) };
  } catch (error) {
    const { message, hint } = toErrorDocument(error);
    return { name, ok: false, detail: message, hint };
  }
}

/** Findings about one environment, with hints that can be done as they stand. */
export const findingsFor = (environment: string, findings: readonly FindingView[]): FindingView[] =>
  findings.map((finding) =>
    finding.hint === undefined ? finding : { ...finding, hint: hintFor(environment, finding.hint) },
  );
