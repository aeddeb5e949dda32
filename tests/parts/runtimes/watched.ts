import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PromotionPorts, stepKinds } from '@soundbite/engine';
import { begin } from '@soundbite/engine/workflow/begin.ts';
import { interpret } from '@soundbite/engine/workflow/interpret.ts';
import {
  awsNames,
  type Digest,
  digestOf,
  type Environment,
  fixedNames,
  type Release,
  type Runtime,
  SoundBiteError,
  stackParameters,
} from '@soundbite/model';
import { expect, it } from 'vitest';
import { memoryRecords } from '../../properties/memory-records.ts';
import { failures, pollingClient } from '../../support/polling-client.ts';
import { fixtureRelease } from './fixture-release.ts';
import type { RealParts } from './real-parts.ts';

export interface WatchedEnvironment {
  readonly environment: Environment;
  readonly parts: RealParts;
  readonly runtime: Runtime;
  /** Who acted on it before; this goes on under its name. */
  readonly owner: string;
}

/** Newer than whatever acted on the environment before. */
const generationsBefore = 1_000;

/** Promotions by the engine's own code, on a real runtime and stack; only their records are in memory. */
async function promoter(
  { environment: declared, parts, runtime, owner }: WatchedEnvironment,
  releases: readonly Release[],
  watch: (release: Digest) => number,
) {
  const environmentFor = (release: Digest): Environment => ({
    ...declared,
    gates: [{ gate: 'watch', options: { seconds: watch(release), minimumRequests: 0 } }],
  });
  let environment = environmentFor(releases[0]?.digest as Digest);
  const store = memoryRecords();
  for (let count = 0; count < generationsBefore; count++) await store.records.generation();
  const get = async (digest: Digest) => {
    const found = releases.find((one) => one.digest === digest);
    // What the tests before deployed is in no store any more.
    if (!found) throw new SoundBiteError('release-unknown', `${digest} is not in the store`);
    return found;
  };
  const assembly = async (digest: Digest) => join((await get(digest)).directory, 'assembly', declared.name);
  const ports = {
    declaration: () => ({ environments: [environment], digest: digestOf('declared') }),
    releases: {
      get,
      verify: get,
      scratch: async (digest: Digest) => ({ directory: await assembly(digest), remove: async () => {} }),
    },
    template: async (digest: Digest) =>
      JSON.parse(
        await readFile(join(await assembly(digest), `${awsNames(declared.name).stack}.template.json`), 'utf8'),
      ),
    clouds: { of: async () => parts.cloud },
    infrastructure: parts.stacks,
    runtime: () => runtime,
    // Whoever looks at the health of the broken release finds it well: only users' requests tell.
    healthy: async () => true,
    emit: () => {},
  } as unknown as PromotionPorts;
  return async (release: Digest) => {
    environment = environmentFor(release);
    const request = { environment: environment.name, kind: 'promote', release, override: false } as const;
    const id = await store.records.create({
      id: `promote ${release}`,
      request: { ...request, allowRemovals: [], actor: 'test' },
      ...{ release, previous: null, declaration: 'x', rest: [], follows: null },
    });
    await store.records.decided(id, { is: 'admitted', note: 'test' });
    const run = await begin(id, {
      ports,
      records: store.records,
      locks: { holder: async () => null } as never,
      kinds: stepKinds,
      installation: owner,
      wait: (_subjects, ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    if (run) await interpret(run);
    return store.records.view(id);
  };
}

/** By this each release changes the stack, as those of the service do. */
export const namedInStack = (name: string) => ({
  Release: {
    Type: 'AWS::SSM::Parameter',
    Properties: {
      Type: 'String',
      Name: fixedNames(name).infrastructureParameter,
      Value: { Ref: stackParameters.releaseDigest },
    },
  },
});

/** To be called once the other tests of the environment have ended. */
export function watchSaysNo(open: () => WatchedEnvironment): void {
  it('a release that only users find broken is refused by the watch after it had the traffic, and undone under a polling client', async () => {
    const { environment, parts, runtime } = open();
    const cut = (note: string, usersFail: boolean) =>
      fixtureRelease(join(parts.root, 'releases'), [environment], { note, usersFail }, namedInStack(environment.name));
    const [well, broken] = [await cut('well', false), await cut('broken for users', true)];
    const promote = await promoter(open(), [well, broken], (release) => (release === broken.digest ? 30 : 0));
    const first = await promote(well.digest);
    expect(first).toMatchObject({ state: 'succeeded', reason: null });

    const client = pollingClient(await parts.url(), 20, '/soundbites');
    const second = await promote(broken.digest);
    const undoneAt = Date.now();
    await expect
      .poll(() => client.answers.filter(({ at }) => at > undoneAt).length, { timeout: 10_000 })
      .toBeGreaterThan(5);
    const answers = await client.stop();
    expect(second).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^watch: \d+ of \d+ requests answered with a server error$/),
    });
    expect(second?.steps.map(({ name, state }) => `${name} ${state}`).slice(-3)).toEqual([
      'shift succeeded',
      'watch failed',
      'rollback succeeded',
    ]);
    // Nobody met anything but the two releases, the broken one for a while, and not once after it was undone.
    expect(new Set(answers.map(({ status, release }) => `${status} ${release}`))).toEqual(
      new Set([`200 ${well.digest}`, `500 ${broken.digest}`]),
    );
    expect(failures(answers).filter(({ at }) => at > undoneAt)).toEqual([]);
    const { versions } = await runtime.observe({ environment, cloud: parts.cloud, outputs: await outputs(open()) });
    expect(versions.filter(({ share }) => share > 0)).toMatchObject([{ release: well.digest, share: 1 }]);
    expect(versions.map(({ release }) => release)).not.toContain(broken.digest);
  });
}

async function outputs({ environment, parts }: WatchedEnvironment) {
  return (await parts.stacks.state(environment, parts.cloud))?.outputs ?? {};
}
