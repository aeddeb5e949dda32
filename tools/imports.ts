import { globSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';

/** What the import rule found in a tree. */
export interface Imports {
  readonly violations: readonly string[];
  readonly cruised: number;
  /** Source files on disk: when fewer were cruised, the rule looked at less than it should. */
  readonly sources: number;
}

const folders = ['packages', 'apps', 'cdk', 'tests', 'tools'];
const skipped = /(^|\/)(node_modules|dist|cdk\.out)\//;

/** Holds the sources below `root` (a directory with our rooms) to `.dependency-cruiser.mjs` of this repository. */
export async function inspectImports(root: string): Promise<Imports> {
  const rules = (await import(new URL('../.dependency-cruiser.mjs', import.meta.url).href)).default as {
    forbidden: IFlattenedRuleSet['forbidden'];
    options: object;
  };
  const sources = folders.flatMap((folder) =>
    globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }).filter((file) => !skipped.test(file)),
  );
  const { output } = await cruise(
    sources,
    { ...rules.options, baseDir: root, ruleSet: { forbidden: rules.forbidden ?? [] }, validate: true },
    undefined,
  );
  const { summary } = output as ICruiseResult;
  return {
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    cruised: summary.totalCruised,
    sources: sources.length,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { violations, cruised, sources } = await inspectImports(fileURLToPath(new URL('..', import.meta.url)));
  for (const violation of violations) console.error(violation);
  // With a parser that does not understand the sources it cruises nothing, and finds nothing.
  if (cruised < sources) console.error(`only ${cruised} of ${sources} source files were looked at`);
  if (violations.length > 0 || cruised < sources) process.exitCode = 1;
  else console.log(`imports: ${cruised} modules keep the rule`);
}
