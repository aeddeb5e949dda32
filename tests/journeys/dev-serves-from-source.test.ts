import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, inject, it, onTestFinished, vi } from 'vitest';
import { cleanEnvironment, devSilence, root } from '../support/cli.ts';
import {
  environmentStatus,
  type PromotionDocument,
  runningRelease,
  soundbite,
  status,
} from '../support/environments.ts';
import { failures, pollingClient } from '../support/polling-client.ts';

const name = 'dev-aws';
const source = `sha256:${'0'.repeat(64)}`;
const patience = { timeout: 60_000, interval: 50 };

it('dev serves from source over a slow start and a restart of the control plane; when its terminal is killed, the release serves again before anything ends', {
  timeout: 180_000,
}, async () => {
  const before = await environmentStatus(name);
  // Two at once, and a start that takes longer than the silence.
  const asked = [dev(), dev()];
  await stopFor((devSilence + 0.5) * 1000, `dev-${name}-api`);
  const ended = await Promise.race(asked.map(async (one) => ({ one, code: await one.exit })));
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.one.said.stdout)).toMatchObject({ error: { code: 'environment-busy' } });
  const session = asked.find((one) => one !== ended.one) as Dev;
  await vi.waitFor(() => expect(session.said.stderr).toContain('Watching apps/service'), patience);
  expect(await runningRelease(before.url)).toBe(source);

  // A promotion that is asked for meanwhile waits.
  const promotion = (
    await soundbite('promote', name, '--release', before.release ?? '', '--no-wait', '--json')
  ).json<PromotionDocument>().promotion;
  await vi.waitFor(async () => expect(await promotionNow(promotion)).toMatchObject({ state: 'waiting' }), patience);

  // The control plane is killed, and comes back: the session goes on, for longer than it may be silent.
  const client = pollingClient(before.url, 25);
  const { pid } = (await status()).controlPlane;
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(async () => expect((await status()).controlPlane.pid).not.toBe(pid), patience);
  await pause((devSilence + 0.5) * 1000);
  expect(new Set(client.answers.map(({ release }) => release))).toEqual(new Set([source]));
  expect(await promotionNow(promotion)).toMatchObject({
    state: 'waiting',
    reason: expect.stringContaining('dev session'),
  });

  // Its terminal is gone without a word: first the route goes back, then the processes end, then the promotion runs.
  const processes = await Promise.all(['api', 'worker'].map((part) => pidOf(`dev-${name}-${part}`)));
  session.child.kill('SIGKILL');
  await vi.waitFor(async () => expect((await promotionNow(promotion)).state).toBe('succeeded'), patience);
  for (const gone of processes) expect(() => process.kill(gone ?? 0, 0)).toThrow('ESRCH');
  const answers = await client.stop();
  expect(failures(answers)).toEqual([]);
  expect(answers.at(-1)?.release).toBe(before.release);
  expect(await environmentStatus(name)).toMatchObject({ state: 'healthy', release: before.release });
});

interface Dev {
  readonly child: ChildProcess;
  readonly said: { stdout: string; stderr: string };
  readonly exit: Promise<number | null>;
}

/** `soundbite dev` as a process of its own. */
function dev(): Dev {
  const child = spawn(process.execPath, [join(root, 'apps/cli/src/main.js'), 'dev', name, '--json'], {
    cwd: root,
    env: { ...cleanEnvironment(), SOUNDBITE_HOME: inject('home') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGINT'));
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
    });
  return { child, said, exit: once(child, 'close').then(([code]) => code as number | null) };
}

async function promotionNow(id: string): Promise<PromotionDocument> {
  const { promotions } = (await soundbite('history', name, '--limit', '5', '--json')).json<{
    promotions: PromotionDocument[];
  }>();
  const found = promotions.find(({ promotion }) => promotion === id);
  if (!found) throw new Error(`there is no promotion ${id}`);
  return found;
}

/** The process that the host runs under a name; undefined when there is none yet. */
async function pidOf(process: string): Promise<number | undefined> {
  const text = await readFile(join(inject('home'), 'host', `${process}.json`), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { run?: { identity: { pid: number } } | null }).run?.identity.pid;
}

/** Stops a process, with all that it started, as soon as it is there, for so many milliseconds. */
async function stopFor(ms: number, name: string): Promise<void> {
  const pid = await vi.waitFor(async () => {
    const found = await pidOf(name);
    expect(found).toBeDefined();
    return found as number;
  }, patience);
  process.kill(-pid, 'SIGSTOP');
  try {
    await pause(ms);
  } finally {
    process.kill(-pid, 'SIGCONT');
  }
}
