import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type Cloud,
  type CloudAccess,
  clientOptions,
  deployedParameters,
  differingParameters,
  type Environment,
  type LiveStack,
  SoundBiteError,
  shortDigest,
  stacksOf,
} from '@soundbite/model';
import { asRecord, readTemplate } from '@soundbite/model/template.ts';
import { expressionResolver } from '@soundbite/model/template-values.ts';
import { partitionOf } from './assembly.ts';
import { withCloudFormation } from './client.ts';
import { deployedTemplate, describeStack, parametersOf, releaseOf } from './stack.ts';
import { isWhole, standingOf } from './trouble.ts';

/** See `Infrastructure.live`. */
export async function liveStacks(environment: Environment, cloud: Cloud): Promise<readonly LiveStack[]> {
  const access = await cloud.access('administrator');
  const found: LiveStack[] = [];
  for (const name of stacksOf(environment)) {
    const template = asRecord(await foreignTemplate(access, name));
    found.push({ name, template, code: await codeOf(access, template) });
  }
  return found;
}

async function foreignTemplate(access: CloudAccess, name: string): Promise<unknown> {
  return withCloudFormation(access, async (client) => {
    const stack = await describeStack(client, name);
    if (!stack)
      throw refused(
        `there is no stack ${name} in account ${access.account}`,
        'name the stacks that stand in service.yaml: stacks: [{ stack: <as the app calls it>, name: <as it stands> }]',
      );
    const release = releaseOf(stack);
    if (release !== null)
      throw refused(`the stack ${name} has release ${shortDigest(release)} already`, 'soundbite status');
    if (!isWhole(stack))
      throw refused(`the stack ${name} ${standingOf(stack)}`, 'bring it to rest with the tool that deployed it');
    const template = await deployedTemplate(client, name);
    const given = differingParameters(parametersOf(stack), deployedParameters(template, {}));
    if (given.length > 0)
      throw refused(
        `the stack ${name} was deployed with values of its own for ${given.join(', ')}, and a promotion gives none`,
        'make them the defaults in the app, deploy it once more, then adopt it',
      );
    return template;
  });
}

const refused = (message: string, hint: string) => new SoundBiteError('adoption-refused', message, { hint });

const codeProperty: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'Code',
  'AWS::Lambda::LayerVersion': 'Content',
};

/** Where CloudFormation took the code from. */
interface CodePlace {
  readonly bucket: string;
  readonly key: string;
}

async function codeOf(access: CloudAccess, template: unknown): Promise<ReadonlyMap<string, Uint8Array>> {
  const s3 = new S3Client(clientOptions(access));
  try {
    const found = new Map<string, Uint8Array>();
    for (const { bucket: Bucket, key: Key } of codePlaces(access, template)) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key })).catch((cause: Error) => {
        throw new SoundBiteError(
          'adoption-refused',
          `the code s3://${Bucket}/${Key} cannot be read: ${cause.message}`,
          {
            hint: 'deploy the stack once more with the tool that made it: that uploads its code again',
            cause,
          },
        );
      });
      found.set(Key, (await Body?.transformToByteArray()) ?? new Uint8Array());
    }
    return found;
  } finally {
    s3.destroy();
  }
}

/** Of all functions and layers, or of the one with this logical id. */
export function codePlaces({ account, region }: CloudAccess, given: unknown, only?: string): readonly CodePlace[] {
  const template = readTemplate(given);
  const computed = expressionResolver(template, {
    ...{ parameters: {}, outputs: {}, account, region },
    partition: partitionOf(region),
  });
  const places = [...template.resources.values()].flatMap(({ id, type, properties }): CodePlace[] => {
    if (only !== undefined && only !== id) return [];
    const { S3Bucket, S3Key } = asRecord(codeProperty[type] && properties[codeProperty[type]]);
    if (S3Key === undefined) return [];
    return [{ bucket: String(computed(S3Bucket)), key: String(computed(S3Key)) }];
  });
  return [...new Map(places.map((place) => [place.key, place])).values()];
}
