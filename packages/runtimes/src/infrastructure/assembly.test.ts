import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsNames, type CloudAccess } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStackAssembly } from './assembly.ts';
import { assemblyOf, type WrittenAssembly, writeAssembly } from './testing-assembly.ts';

const { stack, qualifier } = awsNames('staging');
const access = (region: string): CloudAccess => ({
  kind: 'real',
  account: '123456789012',
  region,
  credentials: { accessKeyId: 'A', secretAccessKey: 's' },
});

describe('an assembly that was written by CDK', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'soundbite-assembly-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it.each([
    ['eu-central-1', 'aws', 'amazonaws.com'],
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
    ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
  ])('is placed into an account and region: %s', async (region, partition, suffix) => {
    const written = assemblyOf('staging');
    await writeAssembly(directory, 'staging', written);
    const bucket = `cdk-${qualifier}-assets-123456789012-${region}`;
    const role = (name: string) =>
      `arn:${partition}:iam::123456789012:role/cdk-${qualifier}-${name}-role-123456789012-${region}`;
    expect(await readStackAssembly(directory, stack, access(region))).toEqual({
      template: written.template,
      templateUrl: `https://s3.${region}.${suffix}/${bucket}/template.json`,
      deployRole: role('deploy'),
      executionRole: role('cfn-exec'),
      assets: [
        {
          path: join(directory, `${stack}.template.json`),
          bucket,
          key: 'template.json',
          role: role('file-publishing'),
        },
      ],
    });
  });

  it('holds its stack under the name that the stack has, whatever the artifact is called', async () => {
    const written = assemblyOf('staging');
    const { [stack]: artifact } = written.manifest.artifacts;
    if (artifact) {
      delete written.manifest.artifacts[stack];
      artifact.properties.stackName = stack;
      written.manifest.artifacts.Another = artifact;
    }
    await writeAssembly(directory, 'staging', written);
    expect((await readStackAssembly(directory, stack, access('eu-central-1'))).template).toEqual(written.template);
  });

  it('takes a file without a packaging for what it is, a file', async () => {
    const written = assemblyOf('staging');
    delete written.assets.files.template?.source.packaging;
    await writeAssembly(directory, 'staging', written);
    expect((await readStackAssembly(directory, stack, access('eu-central-1'))).assets).toHaveLength(1);
  });

  const properties = ({ manifest }: WrittenAssembly) => manifest.artifacts[stack]?.properties ?? {};
  const source = ({ assets }: WrittenAssembly) => assets.files.template?.source ?? {};
  it.each<[string, (written: WrittenAssembly) => void, RegExp]>([
    ['no such stack', ({ manifest }) => delete manifest.artifacts[stack], /holds no stack soundbite-staging/],
    ['no template', (written) => delete properties(written).templateFile, /holds no stack soundbite-staging/],
    ['no deploy role', (written) => delete properties(written).assumeRoleArn, /holds no stack/],
    ['no execution role', (written) => delete properties(written).cloudFormationExecutionRoleArn, /holds no stack/],
    ['no place', (written) => delete properties(written).stackTemplateAssetObjectUrl, /holds no stack/],
    [
      'a container image',
      ({ assets }) => (assets.dockerImages.api = {}),
      /soundbite-staging.assets.json .*container image/,
    ],
    ['a directory to be zipped', (written) => (source(written).packaging = 'zip'), /is not a finished file/],
    ['something to be run', (written) => delete source(written).path, /is not a finished file/],
    [
      'no publishing role',
      ({ assets }) => delete assets.files.template?.destinations.here?.assumeRoleArn,
      /no role that may publish soundbite-staging.template.json/,
    ],
  ])('is refused with %s', async (_, change, message) => {
    const written = assemblyOf('staging');
    change(written);
    await writeAssembly(directory, 'staging', written);
    const reading = readStackAssembly(directory, stack, access('eu-central-1'));
    await expect(reading).rejects.toMatchObject({ code: 'assembly-unknown', source: 'user' });
    await expect(reading).rejects.toThrow(message);
  });

  it.each(['manifest.json', `${stack}.assets.json`, `${stack}.template.json`])(
    'is refused when a file of it is not there or no JSON: %s',
    async (file) => {
      await writeAssembly(directory, 'staging', assemblyOf('staging'));
      await writeFile(join(directory, file), '{');
      const broken = readStackAssembly(directory, stack, access('eu-central-1'));
      await expect(broken).rejects.toMatchObject({ code: 'assembly-unknown', message: expect.stringContaining(file) });
      await rm(join(directory, file));
      const missing = readStackAssembly(directory, stack, access('eu-central-1'));
      await expect(missing).rejects.toMatchObject({ code: 'assembly-unknown', message: expect.stringContaining(file) });
    },
  );
});
