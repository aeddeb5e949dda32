import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import {
  awsNames,
  type Environment,
  fixedNames,
  noHoldings,
  programGate,
  type Release,
  type ReleaseStore,
  type Runtime,
  stackOutputs,
  type Target,
} from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPollyDouble } from '../../../packages/clouds/src/emulated/polly-double.ts';
import { createSpeaker } from '../../../packages/clouds/src/emulated/polly-double-speaker.ts';
import { accountParts } from '../../../packages/clouds/src/index.ts';
import { programCollector } from '../../../packages/evidence/src/index.ts';
import { cutRelease, releaseStore } from '../../../packages/release/src/index.ts';
import { awsRuntime, processRuntime } from '../../../packages/runtimes/src/index.ts';
import { declared } from './environment.ts';
import { type RealParts, realParts } from './real-parts.ts';
import { askEverything, told } from './traffic.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const fence = { owner: 'test', generation: 1 };
const names = [
  'version',
  'health',
  'ready',
  'voices',
  'refuses-bad-input',
  'accepts',
  'worker',
  'ready-after-worker',
  'audio',
  'release-header',
];

/** The processes of the test get their role's credentials as plain variables: the endpoint that renews them is the control plane's. */
function processesOf(parts: RealParts): Runtime {
  return processRuntime({
    accountParts,
    supervisor: parts.host,
    edge: parts.edge,
    releases: parts.releases,
    home: parts.home,
    nodePath: process.execPath,
    async credentialsEnv(_, role) {
      const { credentials } = await parts.cloud.access({ role });
      return {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
      };
    },
  });
}

/** The same account, taken for a real one. */
const asReal = (target: Target): Target => ({
  ...target,
  environment: {
    ...target.environment,
    cloud: { ...target.environment.cloud, kind: 'real', role: 'arn:aws:iam::000000000000:role/nobody' },
  },
  cloud: {
    ...target.cloud,
    kind: 'real',
    access: async (identity) => ({ ...(await target.cloud.access(identity)), kind: 'real' }),
  },
});

describe('the service itself, from its own stacks', () => {
  let double: Awaited<ReturnType<typeof startPollyDouble>>;
  let release: Release;
  let releases: ReleaseStore;
  let store: RealParts;
  const opened: RealParts[] = [];

  async function open(name: string): Promise<{ environment: Environment; parts: RealParts }> {
    const environment = declared(name);
    const parts = await realParts(environment, { pollyUrl: `http://127.0.0.1:${double.port}` });
    opened.push(parts);
    return { environment, parts };
  }

  beforeAll(async () => {
    double = await startPollyDouble(0, createSpeaker(15_000));
    ({ parts: store } = await open('dev-localstack'));
    const directory = join(store.root, 'releases');
    releases = releaseStore(directory);
    const cut = await cutRelease({ source: repository, store: directory });
    release = await releases.verify(cut.release);
  });
  afterAll(async () => {
    for (const parts of opened) await parts.dispose();
    await double?.close();
  });

  async function rehearse(runtime: Runtime, target: Target) {
    await runtime.install(target, release, fence);
    const evidence = await programCollector({ program: releases.program }).collect({
      kind: 'smoke',
      runtime,
      target,
      release: release.digest,
    });
    expect(evidence.facts.filter(({ ok }) => !ok)).toEqual([]);
    expect(evidence.facts.map(({ name }) => name)).toEqual(names);
    expect(programGate(evidence).verdict).toBe('pass');
    await runtime.setWeights(target, [{ release: release.digest, share: 1 }], 'forward', fence);
    expect(await runtime.observe(target)).toMatchObject({
      versions: [{ release: release.digest, share: 1, healthy: true }],
      drift: [],
    });
  }

  async function speaks(url: string): Promise<string> {
    const body = JSON.stringify({ text: `Hello from ${url}` });
    const posted = await fetch(`${url}/soundbites`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { id } = (await posted.json()) as { id: string };
    const status = async () => ((await (await fetch(`${url}/soundbites/${id}`)).json()) as { status: string }).status;
    await expect.poll(status, { timeout: 15_000, interval: 50 }).toBe('ready');
    return id;
  }

  it('passes its rehearsal as processes, and then speaks at the stable URL', async () => {
    const target = await store.deploy(release, fence);
    await rehearse(processesOf(store), target);
    await speaks(await store.url());
  });

  describe('on Lambda', () => {
    let parts: RealParts;
    let target: Target;
    const began = Date.now();

    it('passes its rehearsal, and then speaks at the stable URL', async () => {
      ({ parts } = await open('dev-aws-deployed'));
      target = await parts.deploy(release, fence);
      expect(Object.keys(target.outputs)).toEqual(expect.arrayContaining(Object.values(stackOutputs)));
      await rehearse(awsRuntime({ edge: parts.edge, supervisor: parts.host, accountParts, releases }), target);
      await speaks(await parts.url());
    });

    it('logs each request of a user as the edge records it, route by route and status by status', async () => {
      const name = target.environment.name;
      const runtime = awsRuntime({ edge: parts.edge, supervisor: parts.host, accountParts, releases });
      const since = { time: began };
      const logged = async () => (await runtime.requests(asReal(target), since)).records;
      await askEverything(await parts.url());
      const seen = (await parts.edge.requests(name, since)).records.filter(({ release }) => release !== null);
      expect(new Set(seen.map(({ status }) => status))).toEqual(new Set([200, 202, 400, 404, 405, 415, 422]));
      expect(new Set(seen.map(({ route }) => route))).toContain('/soundbites/:id/audio');
      await expect.poll(async () => told(await logged()), { timeout: 10_000, interval: 100 }).toEqual(told(seen));
      const pinned = (await logged()).filter(({ pinned }) => pinned);
      expect(pinned.map(({ route }) => route)).toEqual(expect.arrayContaining(['/ready', '/soundbites']));
    });

    it('answers what a real account would be asked: who answers at the aliases, and how much may run at once', async () => {
      const runtime = awsRuntime({ edge: parts.edge, supervisor: parts.host, accountParts, releases });
      const real = asReal(target);
      await runtime.setWeights(real, [{ release: release.digest, share: 1 }], 'back', fence);
      const often = await runtime.observe(real, 'often');
      expect(often.versions).toContainEqual(
        expect.objectContaining({ release: release.digest, share: 1, healthy: true }),
      );
      expect(often.ready).toMatchObject({ status: 200, headers: { 'x-soundbite-release': release.digest } });
      const template = async (name: string) =>
        JSON.parse(
          await readFile(join(release.directory, 'assembly', name, `${awsNames(name).stack}.template.json`), 'utf8'),
        ) as unknown;
      // The test account runs 16 functions at once.
      expect(await runtime.capacity(real, await template('staging'))).toMatchObject({
        ok: true,
        detail: 'unreserved concurrency 16 of Lambda suffices for 9 (4 for jobs and 5 for requests)',
      });
      expect(await runtime.capacity(real, await template('production'))).toMatchObject({
        ok: false,
        detail: expect.stringContaining('16 of Lambda is less than the 24 that the stack declares'),
      });
      expect(await runtime.capacity(target, await template('production'))).toBeNull();
    });
  });

  it('fails the rehearsal of a version whose worker lacks a permission, in the words of AWS', async () => {
    const { environment, parts } = await open('staging');
    const target = await parts.deploy(release, fence);
    const runtime = awsRuntime({ edge: parts.edge, supervisor: parts.host, accountParts, releases });
    await runtime.install(target, release, fence);
    const iam = new IAMClient(parts.account.config);
    const RoleName = fixedNames(environment.name).workerRole;
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    iam.destroy();
    const evidence = await programCollector({ program: releases.program }).collect({
      kind: 'smoke',
      runtime,
      target,
      release: release.digest,
    });
    const { verdict, reasons } = programGate(evidence);
    expect(verdict).toBe('fail');
    expect(reasons.join('; ')).toMatch(/^worker: .*not authorized to perform: dynamodb:GetItem/);
  });

  it('protects production after its first success, and destroys it with all its data when told to', async () => {
    const { environment, parts } = await open('production');
    const target = await parts.deploy(release, fence);
    const runtime = awsRuntime({ edge: parts.edge, supervisor: parts.host, accountParts, releases });
    await rehearse(runtime, target);
    await speaks(await parts.url());
    await parts.stacks.destroy(environment, parts.cloud);
    const administrator = await parts.cloud.access('administrator');
    const cloud = { ...parts.cloud, access: async () => administrator };
    expect(await parts.stacks.state(environment, cloud)).toBeNull();
    expect((await parts.stacks.bootstrap(environment, parts.cloud, noHoldings)).changed).toBe(true);
  });
});
