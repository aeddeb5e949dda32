import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ProcessSpec } from '@soundbite/model';
import { down } from './down.ts';
import { homeAt } from './home.ts';
import { livingHost } from './host-file.ts';
import { identify } from './identity.ts';

/** A home in a new directory; `end` ends all that it started and removes it. */
export function temporaryHome(): { readonly path: string; end(): Promise<void> } {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'soundbite-host-')));
  const path = join(parent, 'home');
  return {
    path,
    end: async () => {
      await down(path, { purge: true });
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** A tiny server that answers its pid and its env A; `more` runs before it listens. */
export function serverSpec(name: string, changes: Partial<ProcessSpec> = {}, more = ''): ProcessSpec {
  const answer = 'response.end(JSON.stringify({ pid: process.pid, a: process.env.A }))';
  const program = `${more};require('http').createServer((_, response) => ${answer}).listen(process.env.PORT, '127.0.0.1')`;
  return {
    name,
    command: process.execPath,
    args: ['-e', program],
    env: { PORT: '{port}', A: '1' },
    port: 20_000 + Math.floor(Math.random() * 10_000),
    health: { url: 'http://127.0.0.1:{port}/', withinMs: 10_000 },
    restart: 'always',
    ...changes,
  };
}

/** What a tiny server answers. */
export function answerOf(port: number | null): Promise<{ readonly pid: number; readonly a: string }> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port: port ?? 0, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    request.on('error', reject);
  });
}

/** Pid of the host that lives in a home. */
export function hostPid(path: string): number {
  const file = livingHost(homeAt(path));
  if (file === null) throw new Error(`no host lives in ${path}`);
  return file.pid;
}

export const lives = (pid: number | null) => pid !== null && identify(pid) !== null;

/** Unmounts a directory: a process that has just ended lets go of it a moment later. */
export async function unmount(directory: string): Promise<void> {
  await until(() =>
    promisify(execFile)('umount', [directory]).then(
      () => true,
      () => false,
    ),
  );
}

/** Waits until something holds; fails after 15 s. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come to hold within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
