import { strict as assert } from 'node:assert';
import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { createFunction, publishVersion } from '../test-functions.ts';
import type { Check } from './check.ts';

const source = `import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
export const handler = async () => { const { ino, mode } = statSync(fileURLToPath(import.meta.url)); return { pid: process.pid, ino, mode }; };`;

interface Seen {
  readonly pid: number;
  readonly ino: number;
  readonly mode: number;
}

export const preparedCode: Check = {
  correction: 'prepared_code',
  title: 'the processes of a function share its code, which is unpacked once and read-only',
  failsWithout: /the code was unpacked anew/,
  async holds(account) {
    const lambda = new LambdaClient(account.config);
    const invoke = async (Qualifier: string) => {
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'prepared', Qualifier }));
      return JSON.parse(Buffer.from(Payload ?? []).toString()) as Seen;
    };
    await createFunction(account, 'prepared', source);
    const first = await invoke(await publishVersion(account, 'prepared'));
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'prepared', Description: 'another' }));
    const second = await invoke(await publishVersion(account, 'prepared'));
    assert.notEqual(first.pid, second.pid);
    assert.equal(first.ino, second.ino, 'the code was unpacked anew');
    assert.equal(first.mode & 0o222, 0);

    // What was prepared is a help and no state: without it, it is made again.
    await fetch(`${account.endpoint}/_soundbite/snapshot`, { method: 'POST' });
    await account.stop('SIGKILL');
    await account.start();
    assert.equal((await invoke('1')).mode & 0o222, 0);
  },
};
