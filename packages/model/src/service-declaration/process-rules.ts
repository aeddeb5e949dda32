import type { DeclarationProblem, Path, Source } from '../declaration/source.ts';
import type { DeclaredProcess } from './process.ts';

/** What SoundBite tells every process itself, or what changes the program that runs it. */
const taken = /^(SOUNDBITE_(ENVIRONMENT|RELEASE|SETTINGS|PORT|CONSUMING|CONTROL_TOKEN)|AWS_.*|PATH|NODE_.*|LD_.*)$/;

/** What belongs together in `process` of service.yaml. */
export function processProblems(declared: DeclaredProcess | undefined, source: Source): DeclarationProblem[] {
  if (!declared) return [];
  const { components, environment = {} } = declared;
  const at = (path: Path, message: string) => source.problem(['process', ...path], message);
  const twice = components.flatMap(({ name }, index) =>
    components.findIndex((other) => other.name === name) < index
      ? [at(['components', index, 'name'], `${name} is another process already; remove one`)]
      : [],
  );
  const [first, ...more] = components.flatMap(({ takes }, index) => (takes.includes('requests') ? [index] : []));
  const addressed =
    first === undefined
      ? [at(['components'], 'none takes requests; the address of an environment leads to one of them')]
      : more.map((index) =>
          at(
            ['components', index, 'takes'],
            `${components[first]?.name} takes the requests already; the address of an environment leads to one process`,
          ),
        );
  const variables = Object.keys(environment).flatMap((name) => {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name))
      return [at(['environment', name], 'is no name of a variable; write it in capitals')];
    return taken.test(name) ? [at(['environment', name], 'is set by SoundBite; choose another name')] : [];
  });
  return [...twice, ...addressed, ...variables];
}
