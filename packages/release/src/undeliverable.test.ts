import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporary } from './testing.ts';
import { readDeliverable } from './undeliverable.ts';

const place = temporary();
afterAll(place.remove);
let count = 0;

/** An assembly with one stack of these resources, as the CDK writes it. */
function assembly(
  resources: object,
  more: { readonly environment?: string; readonly missing?: object[] } = {},
): string {
  const directory = join(place.directory, `assembly-${count++}`);
  mkdirSync(directory);
  const { environment = 'aws://unknown-account/unknown-region', missing = [] } = more;
  const artifacts = {
    Shop: { type: 'aws:cloudformation:stack', environment, properties: { templateFile: 'Shop.template.json' } },
  };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts, missing }));
  writeFileSync(join(directory, 'Shop.template.json'), JSON.stringify({ Resources: resources }, null, 1));
  return directory;
}

const queue = { Jobs: { Type: 'AWS::SQS::Queue' } };

describe('a cut', () => {
  it('takes an app without anything that this version does not deliver, functions or not', async () => {
    await readDeliverable(assembly(queue), 'staging');
    const handler = { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Key: 'x.zip' } } };
    await readDeliverable(assembly({ ...queue, Handler: handler }), 'staging');
  });

  it.each<[string, string, RegExp]>([
    [
      'names an account',
      assembly(queue, { environment: 'aws://123456789012/eu-west-1' }),
      /^staging cannot be delivered: Shop names account 123456789012, .* \(Shop\.template\.json\)$/,
    ],
    ['looks something up', assembly(queue, { missing: [{ key: 'vpc:main' }] }), /the synthesis looks up vpc:main/],
    [
      'has a nested stack',
      assembly({ ...queue, Inner: { Type: 'AWS::CloudFormation::Stack', Properties: {} } }),
      /Inner is a nested stack, .* \(Shop\.template\.json:6\)$/,
    ],
    [
      'has a custom resource',
      assembly({ Emptied: { Type: 'Custom::S3AutoDeleteObjects', Properties: {} } }),
      /Custom::S3AutoDeleteObjects is a custom resource/,
    ],
    [
      'has a type of resource that no bootstrap allows',
      assembly({ Key: { Type: 'AWS::KMS::Key', Properties: {} } }),
      /AWS::KMS::Key is no type of resource that a service may hold here \(Shop\.template\.json:3\)/,
    ],
    [
      'has a function in a container image',
      assembly({ Handler: { Type: 'AWS::Lambda::Function', Properties: { PackageType: 'Image', Code: {} } } }),
      /Handler: it is a container image/,
    ],
  ])('refuses an app that %s, in one sentence with its place', async (_what, directory, message) => {
    await expect(readDeliverable(directory, 'staging')).rejects.toMatchObject({
      code: 'assembly-undeliverable',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\w/),
    });
  });

  it('refuses a function whose code is larger than Lambda takes, with its size and place', async () => {
    const handler = { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Key: 'large.zip' } } };
    const directory = assembly({ Handler: handler });
    const files = { large: { source: { path: 'asset.large', packaging: 'zip' } } };
    writeFileSync(join(directory, 'Shop.assets.json'), JSON.stringify({ files }));
    mkdirSync(join(directory, 'asset.large'));
    const code = join(directory, 'asset.large', 'index.mjs');
    writeFileSync(code, '');
    const limit = 250 * 1024 * 1024;
    // A hole: it takes no room.
    truncateSync(code, limit);
    await readDeliverable(directory, 'staging');
    truncateSync(code, limit + 1);
    await expect(readDeliverable(directory, 'staging')).rejects.toMatchObject({
      code: 'assembly-undeliverable',
      message: expect.stringMatching(
        /Handler: its code has 251 MiB unpacked; Lambda takes 250 \(Shop\.template\.json:3\)$/,
      ),
      hint: 'see soundbite inspect',
    });
  });

  it('tells all that it refuses at once', async () => {
    const both = { Inner: { Type: 'AWS::CloudFormation::Stack' }, Own: { Type: 'Custom::Own' } };
    await expect(readDeliverable(assembly(both), 'staging')).rejects.toThrow(/nested stack.*\n.*custom resource/);
  });
});
