import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { holderOf } from '../../apps/cli/src/holder.ts';
import { cleanEnvironment, cli, root } from '../support/cli.ts';
import { temporaryHome } from '../support/home.ts';
import { declaringDirectory } from '../support/other-environments.ts';

/** `--standalone` as CI runs it: whatever becomes of the command, nothing of it stays, and the next one is served. */

let home: string;
let remove: () => Promise<void>;
let declared: Awaited<ReturnType<typeof declaringDirectory>>;
beforeAll(async () => {
  ({ home, remove } = await temporaryHome());
  declared = await declaringDirectory([{ name: 'dev', account: '1', runtime: 'process' }]);
});
afterAll(async () => {
  await remove();
  await declared.remove();
});
beforeEach(() => expect(running()).toEqual([]));

interface Command {
  readonly child: ChildProcess;
  readonly said: { stdout: string; stderr: string };
  readonly exit: Promise<number | string | null>;
}

const ours = () => ({ SOUNDBITE_HOME: home, SOUNDBITE_ROOT: declared.directory });

const standalone = (...words: string[]) => command('--standalone', ...words);

function command(...words: string[]): Command {
  const child = spawn(process.execPath, [join(root, 'apps/cli/src/main.js'), ...words], {
    cwd: root,
    env: { ...cleanEnvironment(), ...ours() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  return { child, said, exit: once(child, 'close').then(([code, signal]) => code ?? signal) };
}

/** Pids of all that runs out of this home, the command itself left out. */
function running(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return pids.map(Number).filter((pid) => {
    const read = (file: string) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, 'utf8');
      } catch {
        return '';
      }
    };
    return !read('cmdline').includes('apps/cli/src/main.js') && `${read('cmdline')}\0${read('environ')}`.includes(home);
  });
}

const pidOf = (part: string) =>
  running().find((pid) => existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(part));

async function until(holds: () => unknown): Promise<void> {
  for (const end = performance.now() + 60_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 50)))
    if (performance.now() > end) throw new Error(`it did not come to hold; there run ${running().join()}`);
}

const patient = { timeout: 60_000, interval: 50 };

const hasDatabase = () => existsSync(join(home, 'host/edge.json'));

// SIGINT does so in the test of `up` beside it.
it.each(['SIGTERM', 'SIGHUP'] as const)('%s ends all in order', async (signal) => {
  const { child, exit, said } = standalone('logs', 'dev', '--follow');
  await until(hasDatabase);
  child.kill(signal);
  const code = { SIGTERM: 143, SIGHUP: 129 }[signal];
  expect(await exit, said.stderr).toBe(code);
  expect(running()).toEqual([]);
});

it('kill -9 of the command ends all, too, and the next one waits for that', async () => {
  const { child, exit } = standalone('logs', 'dev', '--follow');
  await until(hasDatabase);
  child.kill('SIGKILL');
  await exit;
  const next = standalone('release', 'list');
  expect(await next.exit, next.said.stderr).toBe(0);
  expect(running()).toEqual([]);
});

it('what is left when command and control plane were killed at once is taken over, and ended, by the next', async () => {
  const { child, exit } = standalone('logs', 'dev', '--follow');
  await until(hasDatabase);
  const plane = pidOf('apps/control-plane/src/main.ts');
  // At once: a control plane that sees its command gone ends everything by itself.
  for (const pid of [child.pid, plane]) process.kill(pid as number, 'SIGKILL');
  await exit;
  expect(running()).not.toEqual([]);
  const next = standalone('release', 'list');
  expect(await next.exit, next.said.stderr).toBe(0);
  expect(running()).toEqual([]);
});

it('two at once take turns, and the second says so', async () => {
  const both = [standalone('release', 'list'), standalone('release', 'list')];
  expect(await Promise.all(both.map(({ exit }) => exit))).toEqual([0, 0]);
  expect(both.map(({ said }) => said.stderr).join('')).toMatch(
    /^another command uses .+ \(pid \d+\): waiting until it ends\n$/,
  );
});

it('SIGINT ends all in order; `up` beside it waits for that, and says so; what `up` has started refuses the next one', async () => {
  const { child, exit } = standalone('logs', 'dev', '--follow');
  // As soon as it has the home, and before it follows the logs: from then on SIGINT is their end.
  await vi.waitFor(async () => expect(await holderOf(home)).toMatchObject({ standalone: true }), patient);
  const up = command('up', 'dev', '--no-promote');
  const waits = /^another command uses .+ \(pid \d+\): waiting until it ends\n$/;
  await until(() => hasDatabase() && waits.test(up.said.stderr));
  child.kill('SIGINT');
  // Where it follows the logs by then, that is how one ends them.
  expect([0, 130]).toContain(await exit);
  expect(await up.exit, up.said.stderr).toBe(0);
  const next = standalone('release', 'list');
  expect(await next.exit).toBe(1);
  expect(next.said.stderr).toMatch(
    /^error: a control plane is already running .*\n +→ drop --standalone, or run first: soundbite down\n$/,
  );
  expect((await cli(['down'], { home, env: ours() })).code).toBe(0);
});

it.each([
  [
    'while it starts',
    hasDatabase,
    /^error: the control plane of --standalone (?:ended .*|did not start)\n +→ [^\n]+\n$/,
  ],
  ['while it is asked', () => pidOf('launcher.py'), /^error: [^\n]+\n +→ [^\n]+\n$/],
])('`down` beside it, %s, ends all of it, in order, and the command says so at once', async (_, isSo, says) => {
  const { exit, said } = standalone('logs', 'dev', '--follow');
  await until(isSo);
  const down = await cli(['down'], { home, env: ours() });
  expect(down.code, down.stderr).toBe(0);
  expect(running()).toEqual([]);
  const downAt = performance.now();
  expect(await exit).toBe(3);
  // A client that nobody answers tries for a minute.
  expect(performance.now() - downAt).toBeLessThan(30_000);
  expect(said.stderr).toMatch(says);
});
