import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { CommandAction } from '../command-entry.ts';

const shells = ['bash', 'zsh', 'fish'];

/** Prints what a shell reads to complete commands, options, environments and releases. */
export const run: CommandAction = async (shell, [name = '']) => {
  if (!shells.includes(name)) {
    throw new SoundBiteError('usage', `there is no completion for ${name}`, {
      hint: `give one of ${shells.join(', ')}: soundbite completion --help`,
    });
  }
  const script = await readFile(join(shell.installation, `scripts/completion/soundbite.${name}`), 'utf8');
  return { document: { shell: name, script }, text: script.trimEnd() };
};
