import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const entry = fileURLToPath(new URL('./deploy-main.ts', import.meta.url));

describe('the process that deploys', () => {
  it('ends when its parent does, also in the middle of its work', async () => {
    // An account that takes every request and never answers.
    const requests: unknown[] = [];
    const account = createServer((request) => requests.push(request));
    await new Promise<void>((resolve) => account.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(account.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'AKIAEXAMPLEEXAMPLE00', secretAccessKey: 'secret' };
    const access = { kind: 'emulated', account: '000000000001', region: 'us-east-1', endpoint, credentials };
    const job = { access, toolkitStack: 't', assembly: '/nowhere', stack: 's', parameters: {}, everyMs: 100 };

    const home = await mkdtemp(join(tmpdir(), 'soundbite-deploy-'));
    const child = spawn(process.execPath, [entry], {
      stdio: ['pipe', 'ignore', 'inherit'],
      env: { PATH: '/usr/bin:/bin', CDK_HOME: home },
    });
    const ended = once(child, 'exit');
    child.stdin.write(`${JSON.stringify(job)}\n`);
    await once(account, 'request');
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
    expect(existsSync(home)).toBe(false);
    account.closeAllConnections();
    account.close();
  });
});
