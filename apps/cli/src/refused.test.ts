import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runEntry } from './child-entry.ts';
import { exitOfError } from './exits.ts';
import { EndedBySignal } from './interrupt.ts';
import { mustBeDirectory } from './own-home.ts';
import type { Shell } from './shell.ts';

const place = mkdtempSync(join(tmpdir(), 'refused-'));
afterAll(() => rmSync(place, { recursive: true }));
const at = (more: Partial<Shell>) =>
  ({ root: place, home: place, host: { env: process.env }, ...more }) as unknown as Shell;

it('a home that is a file, or lies in one, is refused by its name', async () => {
  const file = join(place, 'file');
  writeFileSync(file, '');
  for (const home of [file, join(file, 'below')])
    await expect(mustBeDirectory(at({ home }))).rejects.toMatchObject({
      code: 'home-no-directory',
      message: `${home} cannot be used: ${file} is not a directory`,
    });
  await mustBeDirectory(at({ home: join(place, 'to come') }));
});

it('an entry that dies without a word of its own is broken; one that says its error is believed', async () => {
  writeFileSync(join(place, 'dies.mjs'), 'throw new Error("out of the blue")');
  const shell = at({ installation: place });
  await expect(runEntry(shell, 'dies.mjs', [])).rejects.toMatchObject({
    code: 'entry-broken',
    message: 'dies.mjs could not be run: Error: out of the blue',
  });
  const error = { code: 'database-down', message: 'away', hint: 'wait' };
  writeFileSync(
    join(place, 'says.mjs'),
    `console.error(${JSON.stringify(JSON.stringify({ error }))}); process.exit(1)`,
  );
  await expect(runEntry(shell, 'says.mjs', [])).rejects.toMatchObject(error);
});

it('a command that a signal ended says so, and exits as shells count', () => {
  const ended = new EndedBySignal('SIGTERM');
  expect(ended).toMatchObject({ code: 'ended-by-signal', exit: 143 });
  expect(exitOfError(ended)).toBe(143);
});
