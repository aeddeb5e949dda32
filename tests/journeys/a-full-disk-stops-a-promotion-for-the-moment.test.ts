import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, it } from 'vitest';
import { environmentStatus, type PromotionDocument, runningRelease, soundbite } from '../support/environments.ts';

const run = promisify(execFile);
const name = 'dev-aws-deployed';

/** A disk with no room over a directory of the shared stack; false where nobody may mount one. */
async function fill(directory: string): Promise<boolean> {
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]).catch(() => null);
  if (mounted === null) return false;
  await writeFile(join(directory, 'filler'), Buffer.alloc(1024 * 1024)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOSPC') throw error;
  });
  return true;
}

it('a disk that is full in the middle of a promotion is told in one sentence; with room again all goes on', async ({
  skip,
}) => {
  const before = await environmentStatus(name);
  const state = join(inject('home'), 'accounts', before.cloud.account, 'state');
  if (!(await fill(state))) return skip('only root may mount a small disk');
  try {
    const stopped = await soundbite('promote', name, '--json');
    expect(stopped.code).toBe(3);
    const { state: end, reason, steps } = stopped.json<PromotionDocument>();
    expect(end).toBe('errored');
    expect(reason).toMatch(
      /^infrastructure: the disk of \S+ is full; make room there, .*soundbite doctor names the disks/,
    );
    expect(reason).not.toMatch(/ENOSPC|Errno|\n/);
    expect(steps.map(({ name: step }) => step)).toEqual(['verify', 'plan', 'infrastructure']);
    expect(await runningRelease(before.url)).toBe(before.release);
  } finally {
    await run('umount', ['-l', state]);
  }
  const promoted = await soundbite('promote', name, '--json');
  expect(promoted.code, promoted.stderr).toBe(0);
  expect(await environmentStatus(name)).toMatchObject({ state: 'healthy', release: before.release });
});
