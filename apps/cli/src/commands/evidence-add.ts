import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EvidenceFormat, maxEvidenceBytes } from '@soundbite/model/release-evidence.ts';
import { addedEvidenceReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';
import { resolveRelease } from '../releases.ts';

/** Evidence that says *fail* is recorded as any other: that was asked, so it ends with 0. */
export const run: CommandAction = async (shell, [typed = '', kind = ''], options) => {
  const format = formatOf(options.format);
  const content = await contentOf(shell.host.cwd(), options.file);
  const client = connectTo(shell);
  const release = await resolveRelease(client, typed);
  const url = typeof options.url === 'string' ? { url: options.url } : {};
  const added = await client.addEvidence(release, { kind, ...format, ...url }, content);
  return { document: added, text: addedEvidenceReport(added, shell.paint) };
};

function formatOf(typed: unknown): { readonly format?: EvidenceFormat } {
  if (typed === undefined) return {};
  const format = EvidenceFormat.safeParse(typed);
  if (format.success) return { format: format.data };
  throw usageError(`--format ${String(typed)} is none that is read`, `use ${EvidenceFormat.options.join(', ')}`);
}

async function contentOf(directory: string, file: unknown): Promise<Uint8Array> {
  if (typeof file !== 'string') throw usageError('evidence is a file', 'add --file <file>');
  const path = resolve(directory, file);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw usageError(`${file} cannot be read: ${error.code}`, 'name the file that your tool wrote');
  });
  if (!found.isFile()) throw usageError(`${file} is not a file`, 'name the file that your tool wrote');
  if (found.size > maxEvidenceBytes)
    throw usageError(`${file} has ${found.size} bytes; ${maxEvidenceBytes} are allowed`, 'split it by kind');
  return readFile(path);
}
