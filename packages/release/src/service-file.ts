import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseService, problemText, type ServiceDeclaration, SoundBiteError } from '@soundbite/model';

/** The service's own declaration, at the root of its repository. */
export const serviceFile = 'service.yaml';

/** A source's service.yaml, and the text that it was read from. Error: `declaration-invalid`, with all problems; a source without the file is told where its form is described. */
export async function readService(
  source: string,
): Promise<{ readonly service: ServiceDeclaration; readonly text: string }> {
  const text = await readFile(join(source, serviceFile), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'ENOENT' ? 'is missing' : `cannot be read (${cause.code ?? cause.message})`;
    throw new SoundBiteError('declaration-invalid', `${serviceFile} ${what}`, {
      hint: 'a release is made of what it names: docs/reference/service.md',
      cause,
    });
  });
  const parsed = parseService({ file: serviceFile, text });
  if (parsed.ok) return { service: parsed.service, text };
  throw invalid(parsed.problems.map(problemText).join('\n'));
}

/** An input that is neither in the commit nor in the working tree is a slip of the pen. Error: `declaration-invalid`. */
export function refuseMissing({ inputs }: ServiceDeclaration, paths: readonly string[]): void {
  const missing = inputs.filter((input) => !paths.some((path) => path === input || path.startsWith(`${input}/`)));
  if (missing.length === 0) return;
  throw invalid(`${serviceFile} inputs: ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not there`);
}

const invalid = (message: string) =>
  new SoundBiteError('declaration-invalid', message, { hint: `fix ${serviceFile} at the lines named` });
