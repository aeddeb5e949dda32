import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { FindingView } from '@soundbite/client';
import { toErrorDocument } from '@soundbite/model/errors.ts';
import { gitEnvironment } from '@soundbite/model/git-environment.ts';
import { problemCount, readDeclaration } from './declaration.ts';
import { inspectDisks } from './disks.ts';
import { mustBeOurs } from './own-home.ts';
import { askDatabase } from './preflight.ts';
import type { Shell } from './shell.ts';

/** Checks of this machine that need no control plane. */
export async function inspectMachine(shell: Shell): Promise<FindingView[]> {
  const [machine, disks, database] = await Promise.all([
    inspectTools(shell),
    inspectDisks(shell),
    inspectDatabase(shell),
  ]);
  return [...machine, ...disks, database];
}

async function inspectTools(shell: Shell): Promise<FindingView[]> {
  return Promise.all([inspectNode(), inspectGit(shell), inspectDeclaration(shell), inspectHome(shell)]);
}

/** The time without an answer after which it counts as silent, in ms. */
const databaseWithinMs = 1_500;

async function inspectDatabase(shell: Shell): Promise<FindingView> {
  const name = 'database';
  try {
    const { detail, remark } = await askDatabase(shell, { withinMs: databaseWithinMs, bringsUp: true });
    return { name, ok: true, detail: remark === null ? detail : `${detail}; ${remark}` };
  } catch (error) {
    const { message, hint } = toErrorDocument(error);
    return { name, ok: false, detail: message, hint };
  }
}

async function inspectNode(): Promise<FindingView> {
  const { version } = process;
  const ok = Number(version.slice(1).split('.')[0]) >= 24;
  return {
    name: 'node',
    ok,
    detail: version,
    ...(ok ? {} : { hint: 'start it by ./scripts/soundbite.sh, which installs Node 24' }),
  };
}

async function inspectGit({ root }: Shell): Promise<FindingView> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], {
      env: gitEnvironment(process.env),
    });
    return { name: 'git', ok: true, detail: `at ${stdout.trim()}` };
  } catch (error) {
    const stderr = String((error as { stderr?: unknown }).stderr ?? error);
    // git refuses a repository that belongs to somebody else, and says which command allows it.
    const hint = /dubious ownership/.test(stderr)
      ? `git config --global --add safe.directory ${root}`
      : `git -C ${root} status`;
    return { name: 'git', ok: false, detail: stderr.trim().split('\n')[0] ?? '', hint };
  }
}

async function inspectDeclaration(shell: Shell): Promise<FindingView> {
  const name = 'environments.yaml';
  try {
    const { environments } = await readDeclaration(shell);
    return { name, ok: true, detail: environments.map((environment) => environment.name).join(', ') };
  } catch (error) {
    return { name, ok: false, detail: problemCount(error), hint: 'soundbite env list' };
  }
}

async function inspectHome(shell: Shell): Promise<FindingView> {
  const name = 'state';
  const { home } = shell;
  try {
    await mustBeOurs(shell, 'start');
    const { mode } = await stat(home);
    const ok = (mode & 0o077) === 0;
    return {
      name,
      ok,
      detail: `${home}, ${ok ? 'closed to others' : 'open to others'}`,
      ...(ok ? {} : { hint: `chmod 700 ${home}` }),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { name, ok: true, detail: `${home} does not exist yet` };
    const { message, hint } = toErrorDocument(error);
    return { name, ok: false, detail: message, hint };
  }
}
