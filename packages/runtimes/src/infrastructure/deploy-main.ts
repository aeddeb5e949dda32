/**
 * One CDK deploy in a process of its own: the toolkit keeps accounts, endpoints and locks by process.
 * Takes a job (deploy-job.ts) on standard input and answers in lines of JSON. It ends when its parent does.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type CloudAccess, clientOptions, SoundBiteError, toErrorDocument } from '@soundbite/model';
import type { DeployJob, DeployLine } from './deploy-job.ts';

const say = (line: DeployLine) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** The toolkit's own SDK clients read these; nothing of the parent's environment is here. */
function enter({ endpoint, region, credentials }: CloudAccess): void {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  Object.assign(process.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
  });
}

async function assertAccount(access: CloudAccess): Promise<void> {
  const sts = new STSClient(clientOptions(access));
  const { Account } = await sts.send(new GetCallerIdentityCommand({}));
  sts.destroy();
  if (Account === access.account) return;
  throw new SoundBiteError('cloud-identity', `these credentials belong to account ${Account}, not ${access.account}`, {
    source: 'user',
    mend: 'use credentials of the declared account',
  });
}

async function run(job: DeployJob): Promise<void> {
  enter(job.access);
  const [cdk] = await Promise.all([import('@aws-cdk/toolkit-lib'), assertAccount(job.access)]);
  const toolkit = new cdk.Toolkit({
    color: false,
    emojis: false,
    toolkitStackName: job.toolkitStack,
    sdkConfig: { baseCredentials: cdk.BaseCredentials.awsCliCompatible({ defaultRegion: job.access.region }) },
    ioHost: {
      async notify(message) {
        if (message.level !== 'debug' && message.level !== 'trace')
          say({ type: 'progress', code: message.code ?? null, text: message.message });
      },
      async requestResponse(message) {
        return message.defaultResponse;
      },
    },
  });
  const source = await toolkit.fromAssemblyDirectory(job.assembly, { failOnMissingContext: true });
  await toolkit.deploy(source, {
    stacks: { strategy: cdk.StackSelectionStrategy.PATTERN_MUST_MATCH_SINGLE, patterns: [job.stack] },
    parameters: cdk.StackParameters.exactly(
      Object.fromEntries(Object.entries(job.parameters).map(([name, value]) => [`${job.stack}:${name}`, value])),
    ),
    stackEventPollingInterval: job.everyMs,
  });
}

const input = createInterface({ input: process.stdin });
input.once('line', async (line) => {
  try {
    await run(JSON.parse(line) as DeployJob);
    say({ type: 'done' });
  } catch (error) {
    say({ type: 'failed', error: toErrorDocument(error) });
  }
  input.close();
});
// The parent holds the other end: when it dies the operation goes on in CloudFormation, and whoever comes next waits for it.
input.once('close', () => {
  // The home that the parent made for this process alone; a parent that died cannot remove it.
  const home = process.env.CDK_HOME;
  if (home) rmSync(home, { recursive: true, force: true });
  process.exit();
});
