import {
  type Assembly,
  declaredStacks,
  type InspectedProblem,
  readAssembly,
  type ServiceDeclaration,
  SoundBiteError,
  undeliverable,
} from '@soundbite/model';
import { filesOfAssembly } from './assembly-files.ts';

/**
 * Reads an environment's assembly, and refuses it if something in it could not be deployed: that is said when a release is cut, and not found in production. All of it at once.
 * Errors: `assembly-undeliverable`, and those of `readAssembly`.
 */
export async function readDeliverable(
  directory: string,
  environment: string,
  service: Pick<ServiceDeclaration, 'stacks'> = {},
): Promise<Assembly> {
  const assembly = await readAssembly(filesOfAssembly(directory));
  const declared = declaredStacks(service, environment)?.map(({ stack }) => stack);
  const chosen = assembly.stacks.filter(({ name }) => declared?.includes(name) ?? true);
  // Where service.yaml calls them by other names than the app, all are judged.
  const judged = chosen.length === (declared?.length ?? chosen.length) ? { ...assembly, stacks: chosen } : assembly;
  const [first, ...more] = undeliverable(judged, environment);
  if (!first) return assembly;
  const told = [first, ...more].map((problem) => `${problem.message}${placeOf(problem)}`);
  throw new SoundBiteError('assembly-undeliverable', `${environment} cannot be delivered: ${told.join('\n')}`, {
    hint: first.hint,
  });
}

const placeOf = ({ where }: InspectedProblem): string =>
  where ? ` (${where.file}${where.line === null ? '' : `:${where.line}`})` : '';
