import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Cloud,
  type Environment,
  type Fence,
  fixedNames,
  type Holdings,
  holdingsIn,
  type Infrastructure,
  noHoldings,
  type Release,
  SoundBiteError,
  stackFailuresIn,
  stackOutputs,
  united,
} from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InfrastructureEvent } from './infrastructure.ts';
import { setVisibility } from './testing-hands.ts';
import { accountHands, type RootConfig } from './testing-suite-hands.ts';

/** Resources of a template by their logical ids. */
type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: object }>>;

/** An implementation of the port, with a protected environment on Lambda that nobody uses besides, in an emulated account that others may use. */
export interface InfrastructureUnderTest {
  readonly infrastructure: Infrastructure;
  readonly environment: Environment;
  readonly cloud: Cloud;
  /** What was told of resources so far; the suite empties it. */
  readonly events: InfrastructureEvent[];
  /** The account as its root, for what people do by hand. */
  readonly config: RootConfig;
  /** Cuts a release of a small service in the layout of a real one; the same note gives the same code. `more` is added to the template. */
  cut(note: string, more?: Resources): Promise<Release>;
  /** How many processes of its own it works with. */
  readonly helpers: number;
  /** Where `elsewhere` has its temporary files. */
  readonly temporary: string;
  /** A control plane of its own that deploys a release under a fence, and sends a message at each event. The suite kills it. */
  elsewhere(release: Release, fence: Fence, allowed: readonly string[]): ChildProcess;
}

/** Made while the stack is, and found impossible then: an alias of a version that does not exist. */
const broken: Resources = {
  Broken: {
    Type: 'AWS::Lambda::Alias',
    Properties: { Name: 'broken', FunctionName: { Ref: 'Api' }, FunctionVersion: '99' },
  },
};
const unknown: Resources = { Unknown: { Type: 'AWS::SoundBite::Nothing', Properties: {} } };

/**
 * What every implementation of the Infrastructure port promises (model/src/ports/runtime.ts), told as the life of one environment: each test goes on
 * where the one before ended. What would change does not concern the port: `state` gives the template and the parameters, the model compares them.
 */
export function infrastructureSuite(
  name: string,
  make: () => Promise<InfrastructureUnderTest>,
  { isWhole = true } = {},
): void {
  // Each of these deploys once more, which takes some implementations seconds.
  const more = isWhole ? it : () => {};
  describe(`${name} keeps the promises of an infrastructure`, () => {
    let under: InfrastructureUnderTest;
    let stacks: Infrastructure;
    let environment: Environment;
    let cloud: Cloud;
    let hands: ReturnType<typeof accountHands>;
    let first: Release;
    let second: Release;
    let failing: Release;
    let renaming: Release;
    let held: Holdings;
    let fence: Fence = { owner: 'test', generation: 10 };

    beforeAll(async () => {
      under = await make();
      ({ infrastructure: stacks, environment, cloud } = under);
      hands = accountHands(under.config, environment.name);
      const { deadLetterQueue } = fixedNames(environment.name);
      const more: Resources = { More: { Type: 'AWS::SQS::Queue', Properties: { QueueName: deadLetterQueue } } };
      first = await under.cut('first');
      second = await under.cut('first', more);
      failing = await under.cut('first', broken);
      const QueueName = `${deadLetterQueue}-other`;
      renaming = await under.cut('first', { More: { Type: 'AWS::SQS::Queue', Properties: { QueueName } } });
      held = noHoldings;
      for (const release of [first, second, failing, renaming])
        held = united(held, holdingsIn(await hands.templateIn(directoryOf(release))));
    });
    afterAll(() => hands?.close());

    const directoryOf = (release: Release) => join(release.directory, 'assembly', environment.name);
    const deploy = (release: Release, by: Fence = fence, allowed: readonly string[] = []) =>
      stacks.deploy(environment, cloud, directoryOf(release), release.digest, by, allowed);
    const recover = (release: Release, by: Fence = fence) =>
      stacks.recover(environment, cloud, directoryOf(release), release.digest, by);
    const state = () => stacks.state(environment, cloud);

    it('bootstraps once', async () => {
      expect(await stacks.isBootstrapped(environment, cloud)).toBe(false);
      expect(await stacks.bootstrap(environment, cloud, held)).toEqual({ changed: true });
      expect(await stacks.isBootstrapped(environment, cloud)).toBe(true);
      expect(await stacks.bootstrap(environment, cloud, held)).toEqual({ changed: false });
      expect(await state()).toBeNull();
    });

    it('takes a stack that somebody left in review for none', async () => {
      await hands.leaveInReview();
      expect(await hands.status()).toBe('REVIEW_IN_PROGRESS');
      expect(await state()).toBeNull();
      expect(await recover(first)).toEqual([]);
    });

    it('says what fails in a first create, with CloudFormation’s reason, and leaves ROLLBACK_COMPLETE behind with the next deploy', async () => {
      const error = await refused(deploy(failing));
      expect(error).toMatchObject({ code: 'infrastructure-failed', source: 'user' });
      expect(error.message).toMatch(/Broken \(AWS::Lambda::Alias\): .*99/);
      const { failures = [] } = stackFailuresIn(error.evidence) ?? {};
      const { StackId: arn, StackName: stack } = (await hands.describe()) ?? {};
      expect(failures[0]).toEqual({
        ...{ stack, arn, id: 'Broken', type: 'AWS::Lambda::Alias', status: 'CREATE_FAILED', cancelled: false },
        ...{ reason: expect.stringContaining('99'), at: expect.stringMatching(/^20.*Z$/) },
      });
      expect(await hands.status()).toBe('ROLLBACK_COMPLETE');
      // What never was has no template that a next one could take something away from.
      expect(await state()).toBeNull();
      under.events.length = 0;
      const outputs = await deploy(first);
      expect(outputs[stackOutputs.apiFunction]).toBe(fixedNames(environment.name).apiFunction);
      expect(await state()).toMatchObject({ release: first.digest, outputs, status: 'CREATE_COMPLETE', wayOut: null });
      expect(await stacks.presence(environment, cloud, { settings: true })).toMatchObject({ missing: [], changed: [] });
    });

    it('tells of each resource what happened to it', async () => {
      const made = under.events.filter(({ status }) => status === 'CREATE_COMPLETE').map(({ resource }) => resource);
      expect(made).toEqual(expect.arrayContaining(['Queue', 'Api', 'Worker', 'HttpApi']));
      expect(new Set(under.events.map((event) => event.environment))).toEqual(new Set([environment.name]));
    });

    it('touches nothing when all stands already, at once', async () => {
      const before = await hands.describe();
      under.events.length = 0;
      const began = performance.now();
      await deploy(first);
      expect(performance.now() - began).toBeLessThan(2000);
      expect(await hands.describe()).toEqual(before);
      expect(under.events).toEqual([]);
    });

    it('makes a change, keeps the stack protected, and does not put a file again that is there', async () => {
      expect((await hands.describe())?.EnableTerminationProtection).toBe(true);
      await hands.markAssets();
      await deploy(second);
      const stack = await hands.describe();
      expect(stack?.EnableTerminationProtection).toBe(true);
      expect(await state()).toMatchObject({ release: second.digest, status: 'UPDATE_COMPLETE' });
      const { marked, unmarked } = await hands.assets();
      expect(marked.some((key) => key.endsWith('.zip'))).toBe(true);
      expect(unmarked).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)]);
    });

    it('refuses an older controller, and one of another database, before anything is touched', async () => {
      const before = await hands.describe();
      const old = { ...fence, generation: fence.generation - 1 };
      const foreign = { owner: 'another', generation: fence.generation + 1 };
      for (const act of [deploy, recover]) {
        expect(await refused(act(first, old))).toMatchObject({ code: 'generation-old' });
        expect(await refused(act(first, foreign))).toMatchObject({ code: 'fence-foreign' });
      }
      expect(await hands.describe()).toEqual(before);
    });

    it('refuses what its change set would replace or remove, by id, type and property, and touches nothing', async () => {
      const before = [await hands.describe(), await hands.changeSets()];
      const replaced = await refused(deploy(renaming));
      expect(replaced).toMatchObject({ code: 'removal-unnamed', source: 'user' });
      expect(replaced.message).toBe('it would take away More (AWS::SQS::Queue is replaced when QueueName changes)');
      expect(replaced.hint).toContain('--allow-removal "More"');
      expect([await hands.describe(), await hands.changeSets()]).toEqual(before);
    });

    more('replaces and removes what somebody named, and nothing else', async () => {
      expect((await refused(deploy(renaming, fence, ['Queue']))).message).toContain('More');
      expect((await refused(deploy(first))).message).toBe('it would take away More (AWS::SQS::Queue is removed)');
      await deploy(renaming, fence, ['More']);
      expect(await state()).toMatchObject({ release: renaming.digest });
      await deploy(second, fence, ['More']);
      expect(await state()).toMatchObject({ release: second.digest });
    });

    more('changes nothing for a controller that lost the environment while it made its change set', async () => {
      const before = await hands.describe();
      const next = { ...fence, generation: fence.generation + 1 };
      let isTaken = false;
      const takenMeanwhile: Cloud = {
        ...cloud,
        async access(identity) {
          // The fence was held; the files are about to be published.
          if (!isTaken && typeof identity === 'object' && identity.role.includes('file-publishing')) {
            isTaken = true;
            await stacks.pass(environment, cloud, fence, next);
          }
          return cloud.access(identity);
        },
      };
      const act = stacks.deploy(environment, takenMeanwhile, directoryOf(first), first.digest, fence, ['More']);
      expect(await refused(act)).toMatchObject({ code: 'generation-old' });
      expect(isTaken).toBe(true);
      expect(await hands.describe()).toEqual(before);
      expect(await stacks.holder(environment, cloud)).toEqual(next);
      fence = next;
    });

    more('leaves the stack as it was when an update fails', async () => {
      const error = await refused(deploy(failing, fence, ['More']));
      expect(error).toMatchObject({ code: 'infrastructure-failed', source: 'user' });
      expect(error.message).toMatch(/UPDATE_ROLLBACK_COMPLETE: Broken \(AWS::Lambda::Alias\): .*99/);
      expect(await state()).toMatchObject({ release: second.digest, wayOut: null });
      expect((await hands.describe())?.EnableTerminationProtection).toBe(true);
    });

    more(
      'refuses a type that CloudFormation does not know, and another type for a resource, before anything changes',
      async () => {
        const before = await hands.describe();
        const error = await refused(deploy(await under.cut('first', unknown)));
        expect(error).toMatchObject({ code: 'infrastructure-failed', source: 'user' });
        expect(error.message).toContain('AWS::SoundBite::Nothing');
        const other = await under.cut('first', { More: { Type: 'AWS::SNS::Topic', Properties: {} } });
        const retyped = await refused(deploy(other, fence, ['More']));
        expect(retyped).toMatchObject({ code: 'infrastructure-failed', source: 'user' });
        expect(retyped.message).toContain('Update of resource type is not permitted');
        expect(await hands.describe()).toEqual(before);
      },
    );

    more('names what the account does not do, and does not blame the release', async () => {
      await hands.withoutAssets(async () => {
        expect(await refused(deploy(await under.cut('other code')))).toMatchObject({
          code: 'asset-unpublished',
          source: 'system',
        });
      });
      expect(await state()).toMatchObject({ release: second.digest });
    });

    it('refuses a stack that takes no deploy, and brings to its end what somebody left half way', async () => {
      await hands.updateHalfWay();
      expect(await state()).toMatchObject({ wayOut: `soundbite repair ${environment.name}` });
      expect(await refused(deploy(second))).toMatchObject({ code: 'stack-wedged' });
      const visible = (seconds: number) => setVisibility(under.config, fixedNames(environment.name).queue, seconds);
      // With less than the function's own time no mapping of the queue is changed.
      await visible(5);
      await hands.rollBack();
      await expect.poll(hands.status).toBe('UPDATE_ROLLBACK_FAILED');
      expect(await refused(deploy(second))).toMatchObject({ code: 'stack-wedged' });
      await visible(60);
      expect(await recover(second)).toEqual(['the rollback that had failed is brought to its end']);
      expect(await state()).toMatchObject({ release: second.digest, wayOut: null });
      expect(await stacks.presence(environment, cloud, { settings: true })).toMatchObject({ missing: [], changed: [] });
    });

    it('names what somebody deleted by hand, and makes it anew', async () => {
      await hands.deleteQueue();
      const { missing } = await stacks.presence(environment, cloud);
      expect(missing.map(({ id }) => id)).toContain('Queue');
      expect(await recover(second)).toEqual([expect.stringMatching(/^created again, deleted by hand: .*Queue/)]);
      await deploy(second);
      expect(await stacks.presence(environment, cloud, { settings: true })).toMatchObject({ missing: [], changed: [] });
    });

    more('goes on where a control plane was killed in the middle of a deploy', async () => {
      const killed = under.elsewhere(first, fence, ['More']);
      const exited = once(killed, 'exit');
      await Promise.race([once(killed, 'message'), exited]);
      expect(killed.exitCode).toBeNull();
      const helpers = await childrenOf(killed.pid);
      expect(helpers).toHaveLength(under.helpers);
      killed.kill('SIGKILL');
      await exited;
      await expect.poll(() => helpers.filter(isRunning), { timeout: 5000 }).toEqual([]);
      expect(await readdir(under.temporary)).toEqual([]);
      await deploy(first, fence, ['More']);
      expect(await state()).toMatchObject({ release: first.digest, wayOut: null });
      expect(await stacks.presence(environment, cloud, { settings: true })).toMatchObject({ missing: [], changed: [] });
    });

    it('destroys all, may be asked again, and leaves nothing under the names of the stack', async () => {
      await stacks.destroy(environment, cloud);
      // The sessions of its roles live on.
      expect(await stacks.isBootstrapped(environment, cloud)).toBe(false);
      await stacks.destroy(environment, cloud);
      expect(await stacks.bootstrap(environment, cloud, held)).toEqual({ changed: true });
      expect(await state()).toBeNull();
      const template = await hands.templateIn(directoryOf(second));
      expect(await stacks.presence(environment, cloud, { template })).toEqual({
        missing: [],
        changed: [],
        leftovers: [],
      });
    });
  });
}

async function refused(act: Promise<unknown>): Promise<SoundBiteError> {
  const error = await act.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SoundBiteError)) throw error;
  return error;
}

/** The processes that a process started and that run. Source: Linux, proc(5). */
async function childrenOf(pid: number | undefined): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return list.split(' ').filter(Boolean).map(Number);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
