import { createHash } from 'node:crypto';
import { appendFile, chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import type { Release, Target } from '@soundbite/model';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { startPollyDouble } from '../../packages/clouds/src/emulated/polly-double.ts';
import { createSpeaker } from '../../packages/clouds/src/emulated/polly-double-speaker.ts';
import { accountParts } from '../../packages/clouds/src/index.ts';
import { cutRelease } from '../../packages/release/src/index.ts';
import { componentsOf } from '../../packages/runtimes/src/aws/components.ts';
import type { Behaviour, RuntimeUnderTest } from '../../packages/runtimes/src/conformance.ts';
import { awsRuntime } from '../../packages/runtimes/src/index.ts';
import { declared } from '../parts/runtimes/environment.ts';
import { realParts } from '../parts/runtimes/real-parts.ts';
import { type DescribedService, toldToFail } from './described/service.ts';
import { serviceSource } from './service-stage.ts';

/** The runtime of an emulated account with real releases of a service in one of its environments. */
export async function serviceRuntime(service: DescribedService, name: string): Promise<RuntimeUnderTest> {
  const source = await serviceSource(service.name);
  const double = await startPollyDouble(0, createSpeaker(15_000));
  const found = declared(name, source.directory);
  // Where the tests' account is.
  const environment = { ...found, cloud: { ...found.cloud, region: 'us-east-1' } };
  const parts = await realParts(environment, { pollyUrl: `http://127.0.0.1:${double.port}` });
  const { edge, host: supervisor, releases, account } = parts;
  const lambda = new LambdaClient(account.config);
  const { path } = service;
  const place = async () => ({ url: path === undefined ? null : await parts.url(), account: account.config });
  return {
    runtime: awsRuntime({ edge, supervisor, accountParts, releases }),
    async cut(behaviour) {
      const cut = () => cutRelease({ source: source.directory, store: join(parts.root, 'releases') });
      const release = await releases.verify((await source.edited(editsOf(service, behaviour), cut)).release);
      if (behaviour.promisesOther) await alterCode(release);
      return release;
    },
    deploy: parts.deploy,
    use: async () => service.use(await place()),
    http: path === undefined ? null : { url: parts.url, path },
    asked: service.asked,
    failing: { ...service.asked, ...service.failing, logs: toldToFail },
    disturb: (target) => moveBack(lambda, target, service.asked.component),
    forge: (target, release) => forge(lambda, target, release),
    async dispose() {
      lambda.destroy();
      await parts.dispose();
      await double.close();
      await source.remove();
    },
  };
}

const editsOf = (service: DescribedService, { note, crash, fails }: Behaviour) => [
  ...service.mark(note),
  ...(crash ? service.crashing : []),
  ...(fails ? service.failing.edits : []),
];

const archivesOf = ({ manifest }: Release) => manifest.files.filter(({ path }) => path.endsWith('.zip'));

/** Behind an archive's end nobody looks: its code is the same, and it is not what was released. */
async function alterCode(release: Release): Promise<void> {
  for (const { path } of archivesOf(release)) {
    await chmod(join(release.directory, path), 0o600);
    await appendFile(join(release.directory, path), ' ');
  }
}

/** Somebody moves the alias of a component to the version that its stack came with. */
async function moveBack(lambda: LambdaClient, target: Target, component: string): Promise<void> {
  for (const { name, functionName: FunctionName, alias: Name, first: FunctionVersion } of componentsOf(target))
    if (name === component) await lambda.send(new UpdateAliasCommand({ FunctionName, Name, FunctionVersion }));
}

/** Somebody gives the functions of a release code that says another note, and publishes it. */
async function forge(lambda: LambdaClient, target: Target, release: Release): Promise<void> {
  for (const { functionName: FunctionName } of componentsOf(target)) {
    const { CodeSha256 } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const ZipFile = forged(await archiveOf(release, CodeSha256 ?? ''));
    if (ZipFile === null) continue;
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile, Publish: true }));
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
  }
}

async function archiveOf(release: Release, codeSha256: string): Promise<Uint8Array> {
  for (const { path } of archivesOf(release)) {
    const bytes = await readFile(join(release.directory, path));
    if (createHash('sha256').update(bytes).digest('base64') === codeSha256) return bytes;
  }
  throw new Error(`${release.digest} has no code ${codeSha256}`);
}

/** Null: it says no note. */
function forged(zip: Uint8Array): Uint8Array | null {
  let isForged = false;
  const files = Object.entries(unzipSync(zip)).map(([path, bytes]) => {
    const text = strFromU8(bytes, true);
    if (!text.includes('release-two')) return [path, bytes] as const;
    isForged = true;
    return [path, strToU8(text.replaceAll('release-two', 'forged'), true)] as const;
  });
  return isForged ? zipSync(Object.fromEntries(files)) : null;
}
