import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeployerName, Environment } from '@soundbite/model';
import { afterAll, beforeAll } from 'vitest';
import { startTestAccount, type TestAccount } from '../../../packages/clouds/src/emulated/test-account.ts';
import { type InfrastructureEvent, infrastructure } from '../../../packages/runtimes/src/index.ts';
import {
  type InfrastructureUnderTest,
  infrastructureSuite,
} from '../../../packages/runtimes/src/infrastructure/testing-suite.ts';
import { declared } from './environment.ts';
import { fixtureRelease } from './fixture-release.ts';
import { testCloud } from './test-cloud.ts';

const program = fileURLToPath(new URL('deploying-process.ts', import.meta.url));

let root: string;
let account: TestAccount;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'soundbite-stacks-'));
  account = await startTestAccount();
});
afterAll(async () => {
  await account?.dispose();
  await rm(root, { recursive: true, force: true });
});

infrastructureSuite('a deployer of our own change sets', () => opened('production', 'change-sets'));
// It takes a process and some seconds for each deploy: the test command tries it in short, `npm run deployers` in full.
const isWhole = process.env.SOUNDBITE_DEPLOYERS === 'whole';
infrastructureSuite('the AWS CDK toolkit', () => opened('staging', 'toolkit'), { isWhole });

/** Both have their stacks in one account. */
async function opened(name: string, deployer: DeployerName): Promise<InfrastructureUnderTest> {
  const { account: id, region, endpoint, credentials, config } = account;
  const environment: Environment = {
    ...declared(name),
    cloud: { kind: 'emulated', account: id, region, deployer },
    protected: true,
  };
  const administrator = { kind: 'emulated' as const, account: id, region, endpoint, credentials };
  const events: InfrastructureEvent[] = [];
  const temporary = await mkdtemp(join(root, 'temporary-'));
  return {
    infrastructure: infrastructure({ emit: (event) => events.push(event) }),
    environment,
    cloud: testCloud(administrator, environment),
    events,
    config,
    temporary,
    helpers: deployer === 'toolkit' ? 1 : 0,
    cut: (note, more) => fixtureRelease(join(root, 'releases'), [environment], { note }, more),
    elsewhere: (release, fence, allowed) => {
      const directory = join(release.directory, 'assembly', environment.name);
      const task = { administrator, environment, directory, release: release.digest, fence, allowed };
      const env = { ...process.env, TMPDIR: temporary };
      return fork(program, [JSON.stringify(task)], {
        env,
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
    },
  };
}
