import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A text that a file has exactly once, and what it becomes. */
export type Edit = readonly [file: string, from: string, to: string];

/** A repository of a test's own. */
export interface Repository {
  readonly directory: string;
  /** Replaces a text; one that is not there exactly once fails, for then the test is not what it says. */
  edit(...edit: Edit): Promise<void>;
  commit(message: string): Promise<void>;
  /** Both. */
  change(...edit: Edit): Promise<void>;
  /** What is done while these edits are committed; afterwards they are gone. */
  edited<T>(edits: readonly Edit[], act: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

/** Of what lies in a directory, with one commit. */
export async function repositoryIn(directory: string, message: string): Promise<Repository> {
  const git = async (...args: string[]) => {
    const user = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    const { stdout } = await run('git', ['-C', directory, ...user, ...args], { env: { ...process.env, ...dates } });
    return stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', message);
  const edit = async (file: string, from: string, to: string) => {
    const path = join(directory, file);
    const text = await readFile(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${file} does not have exactly one place that reads: ${from}`);
    await writeFile(
      path,
      text.replace(from, () => to),
    );
  };
  const commit = async (said: string) => void (await git('commit', '--quiet', '--all', '--message', said));
  return {
    ...{ directory, edit, commit },
    async change(file, from, to) {
      await edit(file, from, to);
      await commit(`${to} instead of ${from}`);
    },
    async edited(edits, act) {
      if (edits.length === 0) return act();
      const before = await git('rev-parse', 'HEAD');
      try {
        for (const one of edits) await edit(...one);
        await commit('Edited');
        return await act();
      } finally {
        await git('reset', '--quiet', '--hard', before);
      }
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Fixed, so that two copies of the same tree have the same commit. */
const dates = { GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' };
