import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assembledStacks, type CloudAccess, SoundBiteError } from '@soundbite/model';

/** What we read of a cloud assembly's manifest.json. Source: @aws-cdk/cloud-assembly-schema, `AssemblyManifest`. */
interface AssemblyManifest {
  readonly artifacts?: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly properties?: {
          readonly stackName?: string;
          readonly templateFile?: string;
          readonly assumeRoleArn?: string;
          readonly cloudFormationExecutionRoleArn?: string;
          readonly stackTemplateAssetObjectUrl?: string;
        };
      }
    >
  >;
}

/** What we read of an asset manifest. Source: @aws-cdk/cloud-assembly-schema, `AssetManifest`. */
interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string; readonly packaging?: string };
        readonly destinations: Readonly<
          Record<string, { readonly bucketName: string; readonly objectKey: string; readonly assumeRoleArn?: string }>
        >;
      }
    >
  >;
  readonly dockerImages?: Readonly<Record<string, unknown>>;
}

/** A file of the assembly and where it has to lie before CloudFormation asks for it. `key` is made from its content. */
export interface Asset {
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
  /** The role that may put it there. */
  readonly role: string;
}

/** One stack of an assembly, with the names of one account and region put in. */
export interface StackAssembly {
  readonly template: unknown;
  /** https://…: CloudFormation takes a template of more than 51,200 bytes only from a bucket. */
  readonly templateUrl: string;
  /** May make and execute change sets of this stack. */
  readonly deployRole: string;
  /** As which CloudFormation acts. */
  readonly executionRole: string;
  readonly assets: readonly Asset[];
}

/** The stacks of a cloud assembly, in the order in which they are deployed. Errors: `assembly-unknown`. */
export const stacksIn = async (directory: string): Promise<string[]> =>
  assembledStacks(await readJson<unknown>(directory, 'manifest.json'));

/** Reads one stack of a cloud assembly. Errors: `assembly-unknown` when the directory is no assembly of this stack that can be deployed. */
export async function readStackAssembly(
  directory: string,
  stackName: string,
  access: CloudAccess,
): Promise<StackAssembly> {
  const placed = (text: string) =>
    text
      .replaceAll(`\${AWS::AccountId}`, access.account)
      .replaceAll(`\${AWS::Region}`, access.region)
      .replaceAll(`\${AWS::Partition}`, partitionOf(access.region));
  const { artifacts = {} } = await readJson<AssemblyManifest>(directory, 'manifest.json');
  const properties = Object.entries(artifacts).find(
    ([id, { type, properties }]) => type === 'aws:cloudformation:stack' && (properties?.stackName ?? id) === stackName,
  )?.[1].properties;
  const { templateFile, assumeRoleArn, cloudFormationExecutionRoleArn, stackTemplateAssetObjectUrl } = properties ?? {};
  if (!templateFile || !assumeRoleArn || !cloudFormationExecutionRoleArn || !stackTemplateAssetObjectUrl)
    throw unknown(`${directory} holds no stack ${stackName} that can be deployed`);
  return {
    template: await readJson<unknown>(directory, templateFile),
    templateUrl: httpsUrl(placed(stackTemplateAssetObjectUrl), access.region),
    deployRole: placed(assumeRoleArn),
    executionRole: placed(cloudFormationExecutionRoleArn),
    assets: await readAssets(directory, `${stackName}.assets.json`, placed),
  };
}

async function readAssets(directory: string, file: string, placed: (text: string) => string): Promise<Asset[]> {
  const { files = {}, dockerImages = {} } = await readJson<AssetManifest>(directory, file);
  if (Object.keys(dockerImages).length > 0) throw unknown(`${file} has a container image, which nobody here builds`);
  return Object.values(files).flatMap(({ source, destinations }) => {
    if (!source.path || (source.packaging ?? 'file') !== 'file')
      throw unknown(`${file} has an asset that is not a finished file`);
    const path = join(directory, source.path);
    return Object.values(destinations).map(({ bucketName, objectKey, assumeRoleArn }) => {
      if (!assumeRoleArn) throw unknown(`${file} names no role that may publish ${source.path}`);
      return { path, bucket: placed(bucketName), key: placed(objectKey), role: placed(assumeRoleArn) };
    });
  });
}

/** Source: AWS General Reference, "Amazon Resource Names": three partitions by their regions. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** What names of AWS's hosts end with in a region. Source: AWS General Reference, "AWS service endpoints", of the same partitions. */
export const hostSuffixOf = (region: string): string =>
  partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';

export function httpsUrl(s3Url: string, region: string): string {
  const { hostname: bucket, pathname } = new URL(s3Url);
  return `https://s3.${region}.${hostSuffixOf(region)}/${bucket}${pathname}`;
}

async function readJson<T>(directory: string, file: string): Promise<T> {
  try {
    return JSON.parse(await readFile(join(directory, file), 'utf8')) as T;
  } catch (cause) {
    throw unknown(`${file} in ${directory} cannot be read: ${String(cause)}`, cause);
  }
}

const unknown = (message: string, cause?: unknown) =>
  new SoundBiteError('assembly-unknown', message, { hint: 'cut the release again', cause });
