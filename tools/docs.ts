import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { catalogue } from '../apps/cli/src/catalogue.ts';

/** Where a document speaks of something that is not there. `file:line what`. */
export interface Docs {
  readonly documents: readonly string[];
  readonly problems: readonly string[];
}

/** Commands of soundbite.sh that the script answers itself. */
const scriptCommands = ['test'];
/** Folders whose names make a word in backticks a path of this repository. */
const rooms = ['packages', 'apps', 'cdk', 'docs', 'scripts', 'tests', 'tools', '.ci'];

/** Every Markdown document of the repository: its relative links, its commands and its paths must exist. */
export function inspectDocs(root: string): Docs {
  const documents = globSync(['*.md', 'docs/**/*.md', 'apps/*/*.md', 'packages/*/*.md', 'cdk/*.md'], {
    cwd: root,
  }).sort();
  const scripts = Object.keys(
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts,
  );
  const problems = documents.flatMap((document) => {
    const text = readFileSync(join(root, document), 'utf8');
    return text.split('\n').flatMap((line, index) => {
      const found = [
        ...brokenLinks(root, document, line),
        ...brokenPaths(root, line),
        ...unknownCommands(line),
        ...unknownScripts(line, scripts),
      ];
      return found.map((problem) => `${document}:${index + 1} ${problem}`);
    });
  });
  return { documents, problems };
}

/** `[text](target)` with a relative target, and its `#anchor` in a Markdown document. */
function brokenLinks(root: string, document: string, line: string): string[] {
  return [...line.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const file = path ? join(root, dirname(document), path) : join(root, document);
    if (!existsSync(file)) return [`links to ${target}, which is not there`];
    if (anchor && file.endsWith('.md') && !anchorsOf(file).includes(anchor))
      return [`links to ${target}, which has no such heading`];
    return [];
  });
}

/** A heading's anchor as GitHub makes it. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#{1,6}\s+(.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** `packages/model/src/gates.ts` in backticks. A path with a placeholder (`<environment>`, `*`, `{a,b}`) has to match something. */
function brokenPaths(root: string, line: string): string[] {
  return [...line.matchAll(/`(?:\.\/)?([^`\s]+)`/g)].flatMap(([, word = '']) => {
    const path = word.replace(/:\d+$/, '').replace(/\/$/, '');
    if (!path.includes('/') || !rooms.includes(path.split('/')[0] ?? '')) return [];
    const pattern = path.replace(/<[^>]+>/g, '*');
    const there = /[*{]/.test(pattern) ? globSync(pattern, { cwd: root }).length > 0 : existsSync(join(root, pattern));
    return there ? [] : [`names ${word}, which is not there`];
  });
}

/** `./scripts/soundbite.sh promote`, and `soundbite promote` in backticks or as a line of a code block. */
function unknownCommands(line: string): string[] {
  const known = new Set([...catalogue.map(({ name }) => name), ...scriptCommands, 'help']);
  const groups = new Set(catalogue.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0]] : [])));
  const said = [...line.matchAll(/(?:soundbite\.sh|(?:^|`|\$ )soundbite) +([a-z][a-z-]*)(?: +([a-z][a-z-|]*))?/g)];
  return said.flatMap(([, first = '', second]) => {
    if (!groups.has(first)) return known.has(first) ? [] : [`says soundbite ${first}, which is not a command`];
    const wrong = (second?.split('|') ?? []).filter((name) => !known.has(`${first} ${name}`));
    return wrong.map((name) => `says soundbite ${first} ${name}, which is not a command`);
  });
}

function unknownScripts(line: string, scripts: readonly string[]): string[] {
  return [...line.matchAll(/npm run ([a-z][a-z:-]*)/g)].flatMap(([, name = '']) =>
    scripts.includes(name) ? [] : [`says npm run ${name}, which package.json does not have`],
  );
}
