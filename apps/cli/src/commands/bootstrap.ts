import type { BootstrapResult } from '@soundbite/client';
import { shortDigest } from '@soundbite/model/digest.ts';
import type { CommandAction } from '../command-entry.ts';
import { confirmEnvironment } from '../confirm.ts';
import { connectTo } from '../connection.ts';
import { declaredEnvironment } from '../declaration.ts';
import { resolveRelease } from '../releases.ts';

/** On a real account a person sees what releases may hold from now on, and confirms it; an emulated one follows its releases by itself. */
export const run: CommandAction = async (shell, [name = ''], options) => {
  const client = connectTo(shell);
  const release = typeof options.release === 'string' ? await resolveRelease(client, options.release) : undefined;
  const request = release === undefined ? {} : { release };
  const environment = await declaredEnvironment(shell, name);
  if (environment.cloud.kind === 'real') {
    const preview = await client.bootstrap(name, { ...request, preview: true });
    const meaning = `${addedText(preview)}\n`;
    if (preview.added.length > 0) await confirmEnvironment(shell, { environment, options, verb: 'bootstrap', meaning });
  }
  shell.progress.line(`bootstrapping ${name}`);
  const result = await client.bootstrap(name, request);
  const text = `${name} ${result.changed ? 'is bootstrapped now' : 'was bootstrapped already; nothing changed'}`;
  return { document: result, text: result.changed ? [text, addedText(result)].filter(Boolean).join('\n') : text };
};

function addedText({ environment, release, added }: BootstrapResult): string {
  if (added.length === 0) return '';
  const of = release ? ` for release ${shortDigest(release)}` : '';
  return [`new in what ${environment} may hold${of}:`, ...added.map((line) => `  ${line}`)].join('\n');
}
