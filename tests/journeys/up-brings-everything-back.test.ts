import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { soundbite, status } from '../support/environments.ts';
import { hear, speak } from '../support/sound.ts';

/** The session of a process (field 6 of /proc/<pid>/stat, behind the name in brackets); null when it is gone. */
async function sessionOf(pid: number | 'self'): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[3] ?? null;
}

/** Every process that runs out of this home, by its command line or environment; this test's own session (runner, shell) is spared. */
async function processesOf(home: string): Promise<number[]> {
  const own = await sessionOf('self');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const parts = ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''));
      const about = (await Promise.all(parts)).join('\0');
      return about.includes(home) && (await sessionOf(pid)) !== own ? [pid] : [];
    }),
  );
  return found.flat();
}

it('after kill -9 of everything at once, `up` brings all back, with its data', async () => {
  const home = inject('home');
  const before = await status();
  const url = (name: string) => before.environments.find((environment) => environment.name === name)?.url ?? '';
  const kept = await Promise.all(
    ['dev-aws', 'production'].map(async (name) => ({
      name,
      ...(await speak(url(name), 'This is to be heard again after the fall.')),
    })),
  );
  // An account is back at its last snapshot, at most a second old.
  await new Promise((resolve) => setTimeout(resolve, 2500));

  const pids = await processesOf(home);
  expect(pids.length).toBeGreaterThan(8);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  const up = await soundbite('up', '--json');
  expect(up.code, up.stderr).toBe(0);
  const after = await status();
  expect(after.environments.map(({ name, state, release }) => ({ name, state, release }))).toEqual(
    before.environments.map(({ name, release }) => ({ name, state: 'healthy', release })),
  );
  const now = (name: string) => after.environments.find((environment) => environment.name === name)?.url ?? '';
  // While nothing of this home ran, a stack of another test may have taken a port; whatever is free is kept.
  for (const { name } of before.environments)
    expect(now(name) === url(name) || (await isTaken(url(name))), `${name} left ${url(name)}`).toBe(true);
  for (const { name, id, bytes } of kept) {
    const audio = await fetch(`${now(name)}/soundbites/${id}/audio`);
    expect(new Uint8Array(await audio.arrayBuffer())).toEqual(bytes);
    expect(hear((await speak(now(name), `And ${name} speaks on.`)).bytes).rms).toBeGreaterThan(0.01);
  }
  expect(await readFile(join(home, 'control-plane.json'), 'utf8')).toContain('"pid"');
});

/** Whether somebody listens at an address. */
const isTaken = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      });
  });
