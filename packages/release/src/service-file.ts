import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  missingProgramFiles,
  parseService,
  problemText,
  type ServiceDeclaration,
  SoundBiteError,
  serviceFile,
} from '@soundbite/model';

/** A source's service.yaml as it was read. */
export interface ReadService {
  readonly service: ServiceDeclaration;
  readonly text: string;
}

/** Error: `declaration-invalid`, with all problems; a source without the file is told where its form is described. */
export async function readService(source: string): Promise<ReadService> {
  const text = await readFile(join(source, serviceFile), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? 'is missing' : `cannot be read (${cause.code ?? cause.message})`;
    throw new SoundBiteError('declaration-invalid', `${serviceFile} ${what}`, {
      hint: 'a release is made of what it names: docs/reference/service.md',
      cause,
    });
  });
  const parsed = parseService({ file: serviceFile, text });
  if (parsed.ok) return { service: parsed.service, text };
  throw serviceInvalid(parsed.problems.map(problemText).join('\n'));
}

/** An input that is neither in the commit nor in the working tree is a slip of the pen. Error: `declaration-invalid`. */
export function refuseMissing({ inputs }: ServiceDeclaration, paths: readonly string[]): void {
  const missing = inputs.filter((input) => !paths.some((path) => path === input || path.startsWith(`${input}/`)));
  if (missing.length === 0) return;
  throw serviceInvalid(
    `${serviceFile} inputs: ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not there`,
  );
}

/** Each program that it names has its files. Error: `declaration-invalid`. */
export function refuseMissingPrograms({ service, text }: ReadService, paths: readonly string[]): void {
  const problems = missingProgramFiles(service, { file: serviceFile, text }, paths);
  if (problems.length > 0) throw serviceInvalid(problems.map(problemText).join('\n'));
}

/** service.yaml says something that does not hold. */
export const serviceInvalid = (message: string) =>
  new SoundBiteError('declaration-invalid', message, { hint: `fix ${serviceFile} at the lines named` });
