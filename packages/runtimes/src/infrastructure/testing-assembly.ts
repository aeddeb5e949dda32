import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { awsNames } from '@soundbite/model';

/** The parts of a written cloud assembly of one stack, to be changed before they are written. */
export interface WrittenAssembly {
  readonly manifest: { artifacts: Record<string, { type: string; properties: Record<string, unknown> }> };
  readonly assets: {
    files: Record<string, { source: Record<string, unknown>; destinations: Record<string, Record<string, unknown>> }>;
    dockerImages: Record<string, unknown>;
  };
  readonly template: Record<string, unknown>;
}

/** A cloud assembly as CDK writes it for an environment: its one asset is the template, at the key `template.json`. */
export function assemblyOf(environment: string): WrittenAssembly {
  const { stack, qualifier } = awsNames(environment);
  const inPlace = `\${AWS::AccountId}-\${AWS::Region}`;
  const bucketName = `cdk-${qualifier}-assets-${inPlace}`;
  const role = (name: string) =>
    `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/cdk-${qualifier}-${name}-role-${inPlace}`;
  return {
    manifest: {
      artifacts: {
        [`${stack}.assets`]: { type: 'cdk:asset-manifest', properties: { file: `${stack}.assets.json` } },
        [stack]: {
          type: 'aws:cloudformation:stack',
          properties: {
            templateFile: `${stack}.template.json`,
            assumeRoleArn: role('deploy'),
            cloudFormationExecutionRoleArn: role('cfn-exec'),
            stackTemplateAssetObjectUrl: `s3://${bucketName}/template.json`,
          },
        },
      },
    },
    assets: {
      files: {
        template: {
          source: { path: `${stack}.template.json`, packaging: 'file' },
          destinations: {
            here: { bucketName, objectKey: 'template.json', assumeRoleArn: role('file-publishing') },
          },
        },
      },
      dockerImages: {},
    },
    template: { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } },
  };
}

/** Writes an assembly into a directory, which is made. */
export async function writeAssembly(directory: string, environment: string, written: WrittenAssembly): Promise<void> {
  const { stack } = awsNames(environment);
  await mkdir(directory, { recursive: true });
  const files = {
    'manifest.json': written.manifest,
    [`${stack}.assets.json`]: written.assets,
    [`${stack}.template.json`]: written.template,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), JSON.stringify(content));
}
