import {
  type Assembly,
  type AssemblyStack,
  type InspectedProblem,
  readAssembly,
  SoundBiteError,
  undeliverable,
  unmanageableIn,
} from '@soundbite/model';
import { filesOfAssembly } from './assembly-files.ts';

/**
 * Reads an environment's assembly, and refuses it if something in it could not be deployed: that is said when a release is cut, and not found in production. All of it at once.
 * Errors: `assembly-undeliverable`, and those of `readAssembly`.
 */
export async function readDeliverable(directory: string, environment: string): Promise<Assembly> {
  const assembly = await readAssembly(filesOfAssembly(directory));
  const [first, ...more] = [
    ...undeliverable(assembly),
    ...assembly.stacks.flatMap((one) => heldInVain(one, environment)),
  ];
  if (!first) return assembly;
  const told = [first, ...more].map((problem) => `${problem.message}${placeOf(problem)}`);
  throw new SoundBiteError('assembly-undeliverable', `${environment} cannot be delivered: ${told.join('\n')}`, {
    hint: first.hint,
  });
}

/** What no bootstrap of the environment's account would allow. */
const heldInVain = ({ template, places, file }: AssemblyStack, environment: string): InspectedProblem[] =>
  unmanageableIn(template, environment).map(({ id, message, hint }) => {
    const line = (id !== null && places.get(id)?.line) || null;
    return { message, hint, where: { file, line, source: null } };
  });

const placeOf = ({ where }: InspectedProblem): string =>
  where ? ` (${where.file}${where.line === null ? '' : `:${where.line}`})` : '';
