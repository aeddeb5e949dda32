import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { engineCalls } from '../../packages/containers/src/calls.ts';
import { imageTag } from '../../packages/containers/src/images/names.ts';
import { containersOf } from '../../packages/containers/src/index.ts';
import type { Containers, Supervisor } from '../../packages/model/src/index.ts';
import { pickPort } from '../../packages/processes/src/ports.ts';

const run = promisify(execFile);

/** Of an engine that a test kills all ports are free for a while: none that a test on another engine would take then, and keep. */
const pickPortApart: typeof pickPort = (wished, ...about) => pickPort(wished + 3_000, ...about);

/** The engine of this machine (or another one, by its address) for a test, which is an installation of its own there: what it leaves is found by its label. */
export function testEngine(host?: string) {
  const installation = randomBytes(8).toString('hex');
  const at = host === undefined ? [] : ['--host', host];
  const docker = async (...args: string[]) => (await run('docker', [...at, ...args])).stdout.trim();
  const lines = (text: string) => text.split('\n').filter((line) => line !== '');
  const ours = ['--filter', `label=dev.soundbite.installation=${installation}`];
  const names = async () => lines(await docker('ps', '--all', '--format', '{{.Names}}', ...ours));
  const tags: string[] = [];
  return {
    ...{ installation, docker, names },
    /** An image that is there: the one that images of releases are made on. */
    base: 'soundbite-base:24',
    containers: (supervisor: Supervisor): Containers =>
      containersOf({
        ...{ installation, supervisor, freePort: pickPort },
        ...(host === undefined ? {} : { calls: engineCalls(host), freePort: pickPortApart }),
        ...{ nodePath: process.execPath, relaySecret: 'of the test' },
      }),
    /** What is not the release's, under its name and with its labels. */
    async forgeImage(release: `sha256:${string}`, environment: string) {
      const tag = imageTag({ service: 'soundbite', release, environment }, installation);
      const id = await docker('create', '--label', 'forged=true', tag);
      await docker('commit', '--change', `LABEL dev.soundbite.release=${release} forged=true`, id, tag);
      await docker('rm', id);
      tags.push(tag);
    },
    /** Its volumes and networks. */
    left: async () => [
      ...lines(await docker('volume', 'ls', '--quiet', ...ours)),
      ...lines(await docker('network', 'ls', '--quiet', ...ours)),
    ],
    async dispose() {
      const left = await names();
      if (left.length > 0) await docker('rm', '--force', '--volumes', ...left);
      for (const kind of ['volume', 'network']) {
        const found = lines(await docker(kind, 'ls', '--quiet', ...ours));
        if (found.length > 0) await docker(kind, 'rm', ...found);
      }
    },
  };
}
