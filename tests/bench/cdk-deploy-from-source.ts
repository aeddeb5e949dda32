/**
 * What a small team does without SoundBite, for one environment: bundle the service (the same files that a release has), synthesise from
 * source, deploy, and curl the result. Takes {root, environment, account, region, endpoint, key, zip, release, url} as JSON in its first argument; one process for each environment, as a shell script would do.
 * The CDK toolkit is called as a library, which spares the rival the start of the cdk command.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BaseCredentials, StackParameters, Toolkit } from '@aws-cdk/toolkit-lib';
import { awsNames } from '@soundbite/model';
import { build } from 'esbuild';
import { gzipSync, zipSync } from 'fflate';

interface Job {
  readonly root: string;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  readonly endpoint: string;
  readonly key: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly zip: string;
  /** Path of the list that the constructs read. */
  readonly environments: string;
  readonly release: string;
  readonly url: string;
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
Object.assign(process.env, {
  AWS_REGION: job.region,
  AWS_ENDPOINT_URL: job.endpoint,
  AWS_ACCESS_KEY_ID: job.key.accessKeyId,
  AWS_SECRET_ACCESS_KEY: job.key.secretAccessKey,
  SOUNDBITE_ENVIRONMENTS: job.environments,
  SOUNDBITE_SERVICE_ZIP: job.zip,
});

const bundle = await build({
  entryPoints: [join(job.root, 'apps/service/src/main.ts')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  write: false,
  external: ['*.wasm'],
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
const service = join(job.root, 'apps/service');
const { assets } = JSON.parse(await readFile(join(service, 'bundle.json'), 'utf8')) as {
  readonly assets: readonly { readonly from: string; readonly to: string; readonly gzip?: true }[];
};
const fileOf = (from: string) => (from.startsWith('src/') ? join(service, from) : join(job.root, 'node_modules', from));
const files = assets.map(async ({ from, to, gzip }) => {
  const bytes = await readFile(fileOf(from));
  return [to, gzip ? gzipSync(bytes) : bytes] as const;
});
const all = {
  'index.mjs': bundle.outputFiles[0]?.contents ?? new Uint8Array(),
  ...Object.fromEntries(await Promise.all(files)),
};
await writeFile(job.zip, zipSync(all, { level: 1 }));

const names = awsNames(job.environment);
const toolkit = new Toolkit({
  toolkitStackName: names.toolkitStack,
  sdkConfig: { baseCredentials: BaseCredentials.awsCliCompatible({ defaultRegion: job.region }) },
  ioHost: { notify: async () => {}, requestResponse: async (message) => message.defaultResponse },
});
const source = await toolkit.fromCdkApp(`${process.execPath} ${join(job.root, 'cdk/bin', `${job.environment}.ts`)}`, {
  workingDirectory: job.root,
  outdir: join(job.zip, '../cdk.out', job.environment),
});
await toolkit.deploy(source, {
  parameters: StackParameters.exactly({
    [`${names.stack}:ReleaseDigest`]: job.release,
    [`${names.stack}:CloudKind`]: 'emulated',
  }),
  stackEventPollingInterval: 100,
});
const answer = await fetch(`${job.url}/version`);
if (!answer.ok) throw new Error(`${job.url} answered ${answer.status}`);
