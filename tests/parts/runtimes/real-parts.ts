import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Environment, type Fence, holdingsIn, type Release, type Target } from '@soundbite/model';
import { startTestAccount } from '../../../packages/clouds/src/emulated/test-account.ts';
import { accountParts } from '../../../packages/clouds/src/index.ts';
import { edgeClient, edgeSpec } from '../../../packages/edge/src/index.ts';
import { startHost } from '../../../packages/processes/src/index.ts';
import { releaseStore, templateOf } from '../../../packages/release/src/index.ts';
import { infrastructure } from '../../../packages/runtimes/src/index.ts';
import { testCloud } from './test-cloud.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** A home with a host, an edge under it and one emulated account in which the environment is bootstrapped for what is deployed. */
export async function realParts(environment: Environment, options: { readonly pollyUrl?: string } = {}) {
  const root = await mkdtemp(join(tmpdir(), 'soundbite-runtime-'));
  const home = join(root, 'home');
  const account = await startTestAccount({ account: environment.cloud.account, ...options });
  const host = await startHost(home, { node: process.execPath });
  const token = 'a-token-of-the-test';
  const { port } = await host.ensure(edgeSpec(home, repository, process.execPath, token));
  const edge = edgeClient(`http://127.0.0.1:${port}`, token);
  const cloud = testCloud(
    {
      kind: 'emulated',
      account: account.account,
      region: account.region,
      endpoint: account.endpoint,
      credentials: account.credentials,
    },
    environment,
  );
  const stacks = infrastructure();
  const releases = releaseStore(join(root, 'releases'));
  return {
    root,
    home,
    /** What is cut into `<root>/releases`. */
    releases,
    /** What a runtime on this machine works with. */
    onMachine: { accountParts, supervisor: host, edge, releases, home, nodePath: process.execPath },
    account,
    host,
    edge,
    cloud,
    stacks,
    async deploy(release: Release, fence: Fence): Promise<Target> {
      const assembly = join(release.directory, 'assembly', environment.name);
      await stacks.bootstrap(environment, cloud, holdingsIn(await templateOf(release, environment.name)));
      const outputs = await stacks.deploy(environment, cloud, assembly, release.digest, fence);
      return { environment, cloud, outputs, deployed: release.digest };
    },
    /** The stable URL of the environment at the edge. */
    async url() {
      const route = (await edge.routes()).find((one) => one.environment === environment.name);
      if (!route) throw new Error(`the edge knows no ${environment.name}`);
      return route.url;
    },
    async dispose() {
      await host.down();
      await account.dispose();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export type RealParts = Awaited<ReturnType<typeof realParts>>;
