import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgramCopy } from '@soundbite/model';

/** A program of one file, `main.mjs`, as if it came from a release. */
export async function programOf(
  text: string,
  { seconds = 20, command = ['node', 'main.mjs'] }: { seconds?: number; command?: readonly string[] } = {},
): Promise<ProgramCopy> {
  const directory = await mkdtemp(join(tmpdir(), 'a program [1] '));
  await writeFile(join(directory, 'main.mjs'), text);
  return { directory, command: [...command], seconds, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Code of a program: prints a fact; `detail` is an expression. */
export const printed = (fact: string, detail = "''", ok = true): string =>
  `console.log(JSON.stringify({ fact: '${fact}', ok: ${ok}, detail: ${detail} }));`;

/** Code of a program: its way to the version, and an empty event for its worker. */
export const calling = `
const door = (path, init = {}) =>
  fetch(process.env.SOUNDBITE_SMOKE_DOOR + path, { ...init, headers: { 'x-soundbite-token': process.env.SOUNDBITE_SMOKE_TOKEN, ...init.headers } });
`;
