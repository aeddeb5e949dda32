import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { evidenceReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';

/** With `--save` the file is written as it was brought; one that is there is not replaced. */
export const run: CommandAction = async (shell, [id = ''], { save }) => {
  const { file, ...shown } = await connectTo(shell).evidence(id, typeof save === 'string');
  if (typeof save === 'string') {
    const path = resolve(shell.host.cwd(), save);
    await writeFile(path, Buffer.from(file ?? '', 'base64'), { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw usageError(`${save} cannot be written: ${error.code}`, 'name a file that is not there yet');
    });
  }
  return { document: shown, text: evidenceReport(shown, shell.paint) };
};
