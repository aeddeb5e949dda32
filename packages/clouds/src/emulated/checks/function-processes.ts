import { strict as assert } from 'node:assert';
import { readdir, readFile } from 'node:fs/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createFunction } from '../test-functions.ts';
import { type Check, eventually } from './check.ts';

const source = `export const handler = async (event) => {
  if (event.hang) { const until = Date.now() + 60_000; while (Date.now() < until); }
  return { pid: process.pid, env: process.env };
};`;

async function alive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) Z /.test(stat);
}

async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return pids.filter((_, n) => stats[n]?.split(') ')[1]?.split(' ')[1] === String(parent)).map(Number);
}

export const functionProcesses: Check = {
  correction: 'function_processes',
  title: 'a function sees nothing of its host, an idle one is ended, and none outlives a killed account',
  failsWithout: /deep-equal[\s\S]*'STATE_ROOT'/,
  async holds(account) {
    const lambda = new LambdaClient(account.config);
    await createFunction(account, 'process', source, { Environment: { OWN: 'mine' }, Timeout: 60 });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'process', LogType: 'Tail' }));
    const { pid, env } = JSON.parse(Buffer.from(answer.Payload ?? []).toString()) as {
      pid: number;
      env: Record<string, string>;
    };
    assert.equal(env.OWN, 'mine');
    assert.equal(env.AWS_ENDPOINT_URL, account.endpoint);
    assert.notEqual(env.AWS_SECRET_ACCESS_KEY, account.credentials.secretAccessKey);
    const leaked = ['STATE_ROOT', 'MINISTACK_ACCOUNT_ID', 'GATEWAY_PORT', 'S3_DATA_DIR', 'AUTH'].filter(
      (name) => name in env,
    );
    assert.deepEqual(leaked, []);
    assert.equal(env.HOME, env.TMPDIR);
    assert.doesNotMatch(Buffer.from(answer.LogResult ?? '', 'base64').toString(), /DeprecationWarning/);
    assert.ok(await alive(pid));
    await eventually('the end of the idle process', async () => ((await alive(pid)) ? undefined : true), 20_000);

    const hanging = lambda
      .send(new InvokeCommand({ FunctionName: 'process', Payload: '{"hang":true}' }))
      .catch(() => undefined);
    const busy = await eventually('a busy process', async () => {
      const children = await childrenOf(account.pid());
      return children.length > 0 ? children : undefined;
    });
    await account.stop('SIGKILL');
    await Promise.all(
      busy.map((child) =>
        eventually('the end of the orphan', async () => ((await alive(child)) ? undefined : true), 3_000),
      ),
    );
    await hanging;
    await account.start();
  },
};
