import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './cli.ts';
import type { ServiceStage } from './service-stage.ts';

const run = promisify(execFile);

/** Deploys the app of a stage to an environment's account as its team did before SoundBite: by the CDK alone, with the CDK's own bootstrap. */
export async function cdkDeploy(
  { service, soundbite }: ServiceStage,
  {
    environment,
    account,
    app,
  }: { readonly environment: string; readonly account: string; readonly app: readonly string[] },
): Promise<void> {
  const { variables } = await soundbite<{ variables: Record<string, string> }>(0, 'aws', environment);
  const home = await mkdtemp(join(tmpdir(), 'soundbite-cdk-'));
  try {
    await run(process.execPath, [join(root, 'tests/support/cdk-deploy.mjs'), account, ...app], {
      cwd: service.directory,
      env: { PATH: process.env.PATH, HOME: home, CDK_HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...variables },
      maxBuffer: 64 * 1024 * 1024,
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
