import { z } from 'zod';
import { declarationProblems, words } from '../declaration/issues.ts';
import { type DeclarationText, problemText, readSource } from '../declaration/source.ts';

/** Where a repository says what `soundbite demo` shows of its service. */
export const demoFile = 'demo/demo.yaml';

/** A text that a file of the repository has exactly once, and what becomes of it. */
const DemoEdit = z.strictObject({ file: z.string().min(1), from: z.string().min(1), to: z.string() });

/** A release as the demo cuts it: the subject of its commit, and what is changed for it. */
const DemoRelease = z.strictObject({ subject: z.string().min(1).max(200), edits: z.array(DemoEdit).min(1) });

/** What a service is shown by. */
export const DemoScript = z.strictObject({
  version: z.literal(1),
  /** A program that uses the service once, as its users do. It prints JSON lines; what one `say`s is shown. */
  use: z.strictObject({
    command: z.array(z.string().min(1)).min(1),
    /** How long it may take. */
    seconds: z.int().min(1).max(600),
  }),
  /** A path that answers 200, and that counts as a user's: a client asks for it all the while. */
  asks: z.string().startsWith('/'),
  releases: z.strictObject({
    /** Its smoke stops it. */
    stopped: DemoRelease,
    /** Its smoke passes, and its users meet errors. */
    bad: DemoRelease,
    /** It is as good as the one before. */
    good: DemoRelease,
  }),
});
export type DemoScript = z.infer<typeof DemoScript>;
export type DemoRelease = z.infer<typeof DemoRelease>;

/** Reads demo/demo.yaml, or says all that is wrong with it, one problem a line. */
export function parseDemoScript(text: DeclarationText): DemoScript | string {
  const source = readSource(text);
  if (!('value' in source)) return source.map(problemText).join('\n');
  const shape = DemoScript.safeParse(source.value, { error: words });
  if (shape.success) return shape.data;
  const unknownKey = 'remove it, or see docs/guides/the-demo.md';
  return declarationProblems(source, shape.error.issues, { unknownKey }).map(problemText).join('\n');
}

/** The texts of files after a release's edits. Throws a RangeError that names the file where a text does not stand exactly once. */
export function editedFiles({ edits }: DemoRelease, read: (file: string) => string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { file, from, to } of edits) {
    const text = files.get(file) ?? read(file);
    const places = text.split(from).length - 1;
    if (places !== 1) throw new RangeError(`${file} has ${places} places, not one, that read: ${from.trim()}`);
    files.set(
      file,
      text.replace(from, () => to),
    );
  }
  return files;
}
