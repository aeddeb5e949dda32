import { asList, asRecord, type Json, readTemplate } from '../template.ts';

/** Where a stack's template says what a repair took out of it, for the deploy that creates it again, whoever makes it. */
const key = 'SoundBite::TakenOut';

/** The template of a repair, with the logical ids that it lacks because somebody deleted their resources, or the names of what it imports no more for that; those of an earlier repair stay. */
export function markTakenOut(template: Json, ids: readonly string[]): Json {
  const metadata = asRecord(template.Metadata);
  const all = [...new Set([...asList(metadata[key]).map(String), ...ids])].sort();
  return { ...template, Metadata: { ...metadata, [key]: all } };
}

/** What a repair took out of a deployed template and nobody has put back. */
export function takenOutOf(template: unknown): ReadonlySet<string> {
  const { resources } = readTemplate(template);
  const marked = asList(asRecord(asRecord(template).Metadata)[key]).map(String);
  return new Set(marked.filter((id) => !resources.has(id)));
}
