import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import {
  awsNames,
  bootstrapTemplate,
  type Environment,
  fixedNames,
  noHoldings,
  type Release,
  type Target,
} from '@soundbite/model';
import { readTemplate } from '@soundbite/model/template.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutRelease, releaseStore } from '../../../packages/release/src/index.ts';
import { looks, partsOfOthers } from '../../../packages/runtimes/src/infrastructure/looks.ts';
import { changeAll } from '../../../packages/runtimes/src/infrastructure/testing-changes.ts';
import {
  deletionKinds,
  deletionsIn,
  hasItem,
  putItem,
  putToItsEnd,
} from '../../../packages/runtimes/src/infrastructure/testing-deletions.ts';
import { declared } from './environment.ts';
import { type RealParts, realParts } from './real-parts.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const fence = { owner: 'test', generation: 1 };

/** The stacks of the service, of which a person deletes this and that. */
describe('a stack of which a person deleted something', () => {
  let release: Release;
  const opened: RealParts[] = [];

  /** The stack of an environment, in an account of its own. */
  async function open(name: string) {
    const environment: Environment = declared(name);
    const names = { ...awsNames(name), ...fixedNames(name) };
    const parts = await realParts(environment);
    opened.push(parts);
    if (!release) {
      const store = join(parts.root, 'releases');
      release = await releaseStore(store).verify((await cutRelease({ source: repository, store })).release);
    }
    const assembly = join(release.directory, 'assembly', name);
    const recover = () => parts.stacks.recover(environment, parts.cloud, assembly, release.digest, fence);
    const changed = async () =>
      (await parts.stacks.presence(environment, parts.cloud, { settings: true })).changed.map(({ id }) => id).sort();
    const missing = async () =>
      (await parts.stacks.presence(environment, parts.cloud)).missing.map(({ id }) => id).sort();
    return {
      ...parts,
      names,
      config: parts.account.config,
      recover,
      missing,
      changed,
      deploy: (): Promise<Target> => parts.deploy(release, fence),
      /** What was done; afterwards all is there again. */
      async fixed(): Promise<readonly string[]> {
        const done = await recover();
        await parts.deploy(release, fence);
        expect(await missing()).toEqual([]);
        return done;
      },
    };
  }
  type Open = Awaited<ReturnType<typeof open>>;
  afterAll(async () => {
    for (const parts of opened) await parts.dispose();
  });

  describe('one by one', () => {
    let at: Open;
    let target: Target;
    beforeAll(async () => {
      at = await open('dev-aws-deployed');
      target = await at.deploy();
    });

    it('holds no type that is not looked at', async () => {
      const types = await Promise.all(
        release.manifest.environments.map(async (name) => {
          const file = join(release.directory, 'assembly', name, `${awsNames(name).stack}.template.json`);
          return [...readTemplate(JSON.parse(await readFile(file, 'utf8'))).resources.values()].map(({ type }) => type);
        }),
      );
      const bootstrap = [...readTemplate(bootstrapTemplate(declared('production'), noHoldings)).resources.values()];
      const all = new Set([...types.flat(), ...bootstrap.map(({ type }) => type)]);
      expect([...all].filter((type) => !(type in looks) && !partsOfOthers.has(type))).toEqual([]);
    });

    it('misses nothing while nobody did', async () => {
      expect(await at.missing()).toEqual([]);
      expect(await at.changed()).toEqual([]);
      expect(await at.recover()).toEqual([]);
    });

    const output = (key: string) => target.outputs[key] ?? '';
    it.each(deletionKinds)('%s: named, and made anew', async (what) => {
      const [remove, ids] = deletionsIn(at.config, at.names, output)[what];
      await remove();
      expect(await at.missing()).toEqual(ids);
      const done = await at.fixed();
      expect(done.flatMap((line) => line.replace(/^.*: /, '').split(', ')).sort()).toEqual(ids);
      target = await at.deploy();
    });

    it('settings that somebody changed: named, and put back as they were deployed', async () => {
      await putItem(at.config, at.names.table, 'kept');
      const ids = await changeAll(at.config, at.names, output);
      expect(await at.changed()).toEqual(ids);
      const [capacity, others = ''] = await at.fixed();
      expect(capacity).toBe('restored, changed by hand: Table (BillingMode)');
      expect(others.match(/\w+(?= \()/g)?.sort()).toEqual(ids);
      expect(await at.changed()).toEqual([]);
      expect(await hasItem(at.config, at.names.table, 'kept')).toBe(true);
    });

    it('a secret that waits for its end comes back as it was', async () => {
      await putToItsEnd(at.config, at.names);
      expect(await at.missing()).toEqual(['WebhookSecret']);
      expect(await at.fixed()).toEqual([`brought back before their end: ${at.names.webhookSecret}`]);
    });
  });

  it('a whole stack: what it left is taken back, with what it holds', async () => {
    const at = await open('production');
    await at.deploy();
    await putItem(at.config, at.names.table, 'kept');
    await deleteStack(at.config, at.names.stack);
    expect(await at.stacks.state(declared('production'), at.cloud)).toBeNull();
    const left = ['AccessLogs', 'ApiLogs', 'Bucket', 'DeadLetters', 'Queue', 'Table', 'WebhookSecret', 'WorkerLogs'];
    const done = await at.fixed();
    expect(done.map((line) => line.replace(/^.*: /, '').split(', ').sort())).toEqual([left]);
    expect((await at.stacks.state(declared('production'), at.cloud))?.release).toBe(release.digest);
    expect(await hasItem(at.config, at.names.table, 'kept')).toBe(true);
  });
});

async function deleteStack(config: RealParts['account']['config'], StackName: string): Promise<string | undefined> {
  const client = new CloudFormationClient(config);
  await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }));
  await client.send(new DeleteStackCommand({ StackName }));
  const status = async () => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName })).catch(() => ({ Stacks: [] }));
    return Stacks?.[0]?.StackStatus ?? 'gone';
  };
  await expect
    .poll(status, { timeout: 20_000, interval: 50 })
    .not.toMatch(/IN_PROGRESS|CREATE_COMPLETE|UPDATE_COMPLETE/);
  return status();
}
