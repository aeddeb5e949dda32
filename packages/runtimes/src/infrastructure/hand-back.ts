import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Cloud,
  changeSetName,
  digestOf,
  type Environment,
  type Fence,
  handedBackTemplate,
  SoundBiteError,
  stacksOf,
} from '@soundbite/model';
import { asRecord } from '@soundbite/model/template.ts';
import { httpsUrl } from './assembly.ts';
import { publishAssets } from './assets.ts';
import { bootstrapPlaces } from './bootstrap-places.ts';
import { bringStack } from './bring.ts';
import type { WantedStack } from './change-set.ts';
import { withCloudFormation } from './client.ts';
import { underFence } from './fence.ts';
import { pace } from './pace.ts';
import { deployedTemplate, parametersOf, releaseOf, settledStack } from './stack.ts';

/** See `Infrastructure.handBack`. Those first that import from others, as when an environment goes. */
export async function handBackStacks(environment: Environment, cloud: Cloud, fence: Fence): Promise<void> {
  await underFence(environment, cloud, fence);
  for (const stack of stacksOf(environment).toReversed()) await handBackStack(environment, cloud, fence, stack);
}

async function handBackStack(environment: Environment, cloud: Cloud, fence: Fence, stack: string): Promise<void> {
  const access = await cloud.access('controller');
  const { role, bucket } = bootstrapPlaces(environment, access);
  await withCloudFormation(await cloud.access({ role: role('deploy') }), async (client) => {
    const present = await settledStack(client, stack, pace(cloud));
    if (!present)
      throw new SoundBiteError('stack-missing', `there is no stack ${stack}`, {
        hint: `soundbite destroy ${environment.name}`,
      });
    if (releaseOf(present) === null) return;
    const template = handedBackTemplate(asRecord(await deployedTemplate(client, stack)), parametersOf(present));
    if (template === null)
      throw new SoundBiteError('handback-refused', `a resource of the stack ${stack} uses the digest of the release`, {
        hint: 'take it out of the app, promote that release, then hand it back',
      });
    const key = `${digestOf(JSON.stringify(template)).slice('sha256:'.length)}.json`;
    await published(cloud, template, { bucket, key, role: role('file-publishing') });
    const wanted: WantedStack = {
      stack,
      attempt: changeSetName(environment.name, `${fence.generation}-${randomBytes(4).toString('hex')}`),
      assembly: { executionRole: role('cfn-exec'), templateUrl: httpsUrl(`s3://${bucket}/${key}`, access.region) },
      parameters: {},
    };
    const hold = () => underFence(environment, cloud, fence);
    await bringStack({ client, wanted, pace: pace(cloud), hold, tell: () => {} }, present);
  });
}

/** CloudFormation takes a large template from a bucket alone. */
async function published(
  cloud: Cloud,
  template: unknown,
  place: { readonly bucket: string; readonly key: string; readonly role: string },
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-handback-'));
  try {
    const path = join(directory, 'template.json');
    await writeFile(path, JSON.stringify(template));
    await publishAssets(cloud, [{ path, ...place }]);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
