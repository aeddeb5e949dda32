import type { DeclarationProblem, DeclarationText } from '../declaration/source.ts';
import { programKinds } from '../program-copy.ts';
import { serviceProblem } from './parse.ts';
import type { DeliveryProgram, ServiceDeclaration } from './shape.ts';

/** Programs that run the file that their first argument names. */
const interpreters: ReadonlySet<string> = new Set(['node', 'python3', 'sh', 'bash']);

/** What the programs of a service lack among the files of a release (paths relative to service.yaml): a slip of the pen would show in the middle of a promotion. */
export function missingProgramFiles(
  service: ServiceDeclaration,
  text: DeclarationText,
  paths: readonly string[],
): DeclarationProblem[] {
  return programKinds.flatMap((kind) => {
    const program = service[kind];
    if (!program) return [];
    const inside = paths.filter((path) => path.startsWith(`${program.directory}/`));
    const { directory } = program;
    if (inside.length === 0)
      return [
        serviceProblem(
          text,
          [kind, 'directory'],
          `no file of a release is in ${directory}; tests and Markdown are left out`,
        ),
      ];
    const named = namedFile(program);
    // Node adds the ending itself.
    if (named === null || inside.some((path) => path.startsWith(`${directory}/${named.path}`))) return [];
    const message = `${named.path} is not in ${directory}; the command runs in that directory`;
    return [serviceProblem(text, [kind, 'command', named.word], message)];
  });
}

/** The file of the release that a command runs, and its word; null: none that could be told. */
function namedFile({ command }: DeliveryProgram): { readonly path: string; readonly word: number } | null {
  const [program = '', argument = '-'] = command;
  const word = interpreters.has(program) ? 1 : 0;
  const path = word === 1 ? argument : program;
  const isOwn = word === 1 ? !/^[-/]/.test(path) : path.includes('/') && !path.startsWith('/');
  return isOwn ? { path: path.replace(/^(\.\/)+/, ''), word } : null;
}
