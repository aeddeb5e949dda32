import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { cleanEnvironment, root } from '../support/cli.ts';
import { environmentStatus, soundbite } from '../support/environments.ts';

/** What docs/guides/looking-into-an-emulated-account.md says to people who know the AWS CLI, boto3 and the CDK. */

const run = promisify(execFile);
let page: string;
beforeAll(async () => {
  page = await readFile(join(root, 'docs/guides/looking-into-an-emulated-account.md'), 'utf8');
});

/** A program in the root of the repository, in a shell that says much about another account. */
const inShell = (program: string, args: readonly string[], env: Record<string, string> = {}) =>
  run(program, args, {
    cwd: root,
    env: { ...cleanEnvironment(), HTTP_PROXY: 'http://127.0.0.1:9', SOUNDBITE_HOME: inject('home'), ...env },
    maxBuffer: 2 ** 26,
  });

const has = (program: string, ...args: string[]) =>
  run(program, args, { env: cleanEnvironment() }).then(
    () => true,
    () => false,
  );
const hasAws = await has('aws', '--version');
const hasBoto3 = await has('python3', '-c', 'import boto3');

describe('the page on looking into an account', () => {
  it.skipIf(!hasAws)('every line of the AWS CLI works', async () => {
    const lines = [...page.matchAll(/^soundbite (aws .+)$/gm)].map(([, line = '']) => line);
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      const { code, stderr } = await soundbite(...line.split(' '));
      expect(code, `${line}\n${stderr}`).toBe(0);
    }
  });

  it.skipIf(!hasBoto3)('boto3 reaches each account by its own variables, and all of them in one program', async () => {
    const [block = ''] = /(?<=```python\n).*?(?=```)/s.exec(page) ?? [];
    const { stdout } = await inShell('python3', ['-c', block]);
    expect(stdout.trim().split('\n')).toEqual([
      'dev-localstack 000000000001 ACTIVE',
      'dev-aws 000000000002 ACTIVE',
      'staging 000000000003 ACTIVE',
      'production 000000000004 ACTIVE',
    ]);
    const line = /^\( eval .*$/m.exec(page)?.[0] ?? '';
    expect((await inShell('bash', ['-c', line], { AWS_PROFILE: 'mine' })).stdout).toBe('000000000003\n');
  });

  it('the CDK finds no difference between an account and its release, nor the working tree; and one that there is', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'soundbite-cdk-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const { app } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as { app: string };
    // Other journeys have cut other releases since: the functions' code is that of the live one.
    const { release } = await environmentStatus('staging');
    const files = join(inject('home'), 'releases', release?.slice(7) ?? '');
    const assembly = join(files, 'assembly');
    await inShell('bash', ['-c', app], { CDK_OUTDIR: directory, SOUNDBITE_SERVICE_ZIP: join(files, 'service.zip') });
    const { variables } = (await soundbite('aws', 'staging', '--json')).json<{ variables: Record<string, string> }>();
    const diffs = await inShell(
      process.execPath,
      [join(root, 'tests/support/cdk-diff.ts'), join(assembly, 'staging'), directory, join(assembly, 'production')],
      variables,
    );
    expect(JSON.parse(diffs.stdout)).toEqual([
      { 'soundbite-staging': 0 },
      // Of the stacks of all environments only that of this account is there.
      expect.objectContaining({ 'soundbite-staging': 0, 'soundbite-production': expect.any(Number) }),
      { 'soundbite-production': expect.any(Number) },
    ]);
    expect(JSON.parse(diffs.stdout)[2]['soundbite-production']).toBeGreaterThan(20);
  });
});
