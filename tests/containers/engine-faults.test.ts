import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { appendFile, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineCalls } from '../../packages/containers/src/calls.ts';
import type { Fence, Release, Runtime, Target } from '../../packages/model/src/index.ts';
import { composeRuntime } from '../../packages/runtimes/src/index.ts';
import { makeBaseImage } from '../../tools/base-image.ts';
import { daemonHere, type KeptEngine, keptEngine } from '../../tools/engine.ts';
import { declared } from '../parts/runtimes/environment.ts';
import { fixtureRelease } from '../parts/runtimes/fixture-release.ts';
import { type RealParts, realParts } from '../parts/runtimes/real-parts.ts';
import { failures, pollingClient } from '../support/polling-client.ts';
import { testEngine } from './test-engine.ts';

const environment = declared('dev-localstack');
const fence: Fence = { owner: 'engine-faults', generation: 1 };
const dockerd = process.getuid?.() === 0 ? daemonHere() : undefined;
/** All that the engine has, in MB: its base image, and little more. */
const roomMB = 320;

let directory: string;
let daemon: KeptEngine;
let engine: ReturnType<typeof testEngine>;
let parts: RealParts;
let runtime: Runtime;
let live: Release;
let target: Target;

/** An engine of its own, since it is killed and its disk is filled. Without Debian's dockerd, or not as root, that is skipped. */
describe.skipIf(dockerd === undefined)('an engine that fails', () => {
  beforeAll(async () => {
    directory = mkdtempSync('/var/tmp/soundbite-faults-');
    mkdirSync(join(directory, 'data'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${roomMB}m`, 'tmpfs', join(directory, 'data')]);
    // Rules of another engine of this machine would be flushed by this one's, and its default bridge removed by --bridge=none.
    daemon = keptEngine(directory, dockerd ?? '', ['--iptables=false', '--ip-masq=false', '--shutdown-timeout=5']);
    expect(await daemon.start()).toBe(true);
    await makeBaseImage(engineCalls(daemon.host));
    engine = testEngine(daemon.host);
    parts = await realParts(environment);
    runtime = composeRuntime({
      ...parts.onMachine,
      ...{ containers: engine.containers(parts.host), credentialsEnv: async () => ({}) },
    });
    live = await cut('live');
    target = await parts.deploy(live, fence);
    await install(live);
    await runtime.setWeights(target, [{ release: live.digest, share: 1 }], 'forward', fence);
  });
  afterAll(async () => {
    if (directory === undefined) return;
    await engine?.dispose().catch(() => {});
    await parts?.dispose();
    await daemon.kill('SIGTERM').catch(() => {});
    execFileSync('umount', ['--lazy', join(directory, 'data')]);
    await daemon.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const cut = (note: string) => fixtureRelease(join(parts.root, 'releases'), [environment], { note });
  const install = (release: Release) => runtime.install(target, release, fence);
  const images = () => engine.docker('ps', '--no-trunc', '--format', '{{.Names}} {{.Image}}');

  /** What the live version is like, as it says itself and as it is seen; the digest of its image is proven by that. */
  async function health(): Promise<string> {
    const { versions } = await runtime.observe(target);
    const version = versions.find(({ release }) => release === live.digest);
    return version?.healthy ? 'well' : (version?.detail ?? 'not there');
  }

  it.each([
    ['is killed and started again', 'SIGKILL'],
    ['is restarted', 'SIGTERM'],
  ] as const)('that %s has its containers back, and users fail only while it is away', async (_what, signal) => {
    const [before, life] = [await images(), await runtime.life(environment)];
    const users = pollingClient(await parts.url(), 20, '/soundbites');
    await expect.poll(() => users.answers.length).toBeGreaterThan(5);
    await daemon.kill(signal);
    await expect(runtime.observe(target)).rejects.toMatchObject({ code: 'engine-down' });
    expect(await daemon.start()).toBe(true);
    await expect.poll(() => health().catch(String)).toBe('well');
    const back = Date.now();
    const seen = users.answers.length;
    await expect.poll(() => users.answers.length).toBeGreaterThan(seen + 20);
    const answers = await users.stop();
    expect(failures(answers.filter(({ at }) => at > back))).toEqual([]);
    expect(new Set(answers.flatMap(({ release }) => release ?? []))).toEqual(new Set([live.digest]));
    expect(await images()).toBe(before);
    // Whoever watches a release meanwhile does not blame it.
    expect(await runtime.life(environment)).not.toBe(life);
    // And the next `up` finds nothing to do but what it always does.
    await install(live);
    expect(await health()).toBe('well');
  });

  it('whose disk is full takes no new version and says so; the live one serves, and it goes on when there is room', async () => {
    const next = await cut('next');
    const users = pollingClient(await parts.url(), 20, '/soundbites');
    const filler = join(directory, 'data', 'filler');
    await fill(filler);
    const refused = await install(next).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'engine-disk-full', hint: expect.stringContaining('docker system df') });
    expect(await health()).toBe('well');
    await rm(filler);
    await install(next);
    await runtime.setWeights(target, [{ release: next.digest, share: 1 }], 'forward', fence);
    await expect.poll(() => users.answers.at(-1)?.release).toBe(next.digest);
    expect(failures(await users.stop())).toEqual([]);
  });

  /** Takes all the room that is left. */
  async function fill(path: string): Promise<void> {
    for (let bytes = 2 ** 20; bytes >= 4096; ) {
      const { bavail, bsize } = await statfs(join(directory, 'data'));
      if (bavail * bsize < bytes) bytes /= 2;
      else
        await appendFile(path, Buffer.alloc(bytes)).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOSPC') throw error;
          bytes /= 2;
        });
    }
  }
});
