import { type Digest, type Fence, type Runtime, SoundBiteError, type Target } from '@soundbite/model';
import type { Machine } from '../here.ts';
import { accountMemory } from './account-memory.ts';
import { askedComponent } from './asked-component.ts';
import { setCallers } from './callers.ts';
import { lambdaCapacity } from './capacity.ts';
import { type Clients, withClients } from './clients.ts';
import { componentNamed, componentsOf } from './components.ts';
import { type FencedClients, withFence } from './fence.ts';
import { functionStates } from './function-states.ts';
import { installVersions } from './install.ts';
import { invokeApi, invokeVersion, provenAnswer } from './invoke.ts';
import { functionsIn, lambdaLogs } from './logs.ts';
import { observedAgain, observeVersions } from './observe.ts';
import { type PinnedVersions, pinnedVersions } from './pinned.ts';
import { type Proving, prover } from './proof.ts';
import type { Releases } from './released.ts';
import { versionMemory } from './remembered.ts';
import { retireVersions } from './retire.ts';
import { standingOfFunctions } from './standing.ts';
import { type VersionNames, versionNames } from './version-names.ts';
import { shift } from './weights.ts';
import { withoutTraffic } from './without-traffic.ts';

export interface AwsRuntimeOptions extends Machine {
  /** By what is told whether a version is the release that it claims to be. */
  readonly releases: Releases;
  /** How often something that settles is looked at, in ms; 1000 on AWS by default, 20 on an emulated account. */
  readonly everyMs?: number;
  /** How long AWS may take until a moved alias is answered by the wanted version alone, in ms; a minute by default. */
  readonly settlesWithinMs?: number;
  /** A clock that nobody sets, in ms. */
  readonly nowMs?: () => number;
}

/** Lambda: versions and the aliases of all components. The edge gives emulated accounts their stable URL. */
export function awsRuntime(options: AwsRuntimeOptions): Runtime {
  const proven = provenClients(options);
  const names = versionNames();
  const standing = standingOfFunctions(options, names);
  const deploying = versionsAndTraffic(options, proven);
  const pinned = pinnedVersions();
  return {
    ...standing,
    ...deploying,
    ...observation(options, proven, names),
    ...invocation(proven, pinned),
    ...logging(proven, pinned),
    kind: 'aws',
    functions: functionsIn,
    hasLimits: ({ cloud }) => cloud.kind === 'real',
    async takeDown(place, outputs, fence) {
      if (outputs) await withoutTraffic(deploying, { ...place, outputs }, fence);
      await standing.rest(place.environment, fence.generation);
    },
    capacity: (place, template) => withClients(place, (clients) => lambdaCapacity(clients, template), options.everyMs),
  };
}

type ProvenClients = ReturnType<typeof provenClients>;

/** Clients of one call that can tell releases from what only claims to be one: to look, and to change something under a fence. */
function provenClients({ releases, everyMs }: AwsRuntimeOptions) {
  const proofs = prover(releases);
  return {
    look: <T>(target: Target, act: (clients: Clients & Proving) => Promise<T>) =>
      withClients(target, (clients) => act({ ...clients, ...proofs(target, clients.access) }), everyMs),
    change: <T>(target: Target, fence: Fence, act: (clients: FencedClients & Proving) => Promise<T>) =>
      withFence(target, fence, (clients) => act({ ...clients, ...proofs(target, clients.access) }), everyMs),
  };
}

function versionsAndTraffic(
  { edge, releases, settlesWithinMs = 60_000 }: AwsRuntimeOptions,
  { change }: ProvenClients,
): Pick<Runtime, 'install' | 'setWeights' | 'retire' | 'admit'> {
  return {
    admit: (target, fence) =>
      change(target, fence, async (clients) => {
        for (const component of componentsOf(target)) await setCallers(clients, component, true);
      }),
    install: (target, release, fence, from) =>
      change(target, fence, (clients) =>
        installVersions(clients, edge, target, release, from === 'store' ? releases : null),
      ),
    setWeights: (target, weights, direction, fence) =>
      change(target, fence, (clients) => shift({ clients, edge, target, settlesWithinMs }, weights, direction)),
    retire: (target, keep, fence) => change(target, fence, (clients) => retireVersions(clients, target, keep)),
  };
}

function observation(
  { edge, nowMs }: AwsRuntimeOptions,
  { look }: ProvenClients,
  names: VersionNames,
): Pick<Runtime, 'observe' | 'components'> {
  const memory = { accounts: accountMemory(), versions: versionMemory(nowMs), names };
  return {
    async observe(target, only) {
      const before = only === 'often' ? memory.accounts.of(target) : null;
      if (before) return observedAgain(before, edge, target);
      return look(target, (clients) => observeVersions(clients, edge, target, memory, only));
    },
    components: (target) => look(target, (clients) => functionStates(clients, target)),
  };
}

function invocation({ look }: ProvenClients, pinned: PinnedVersions): Pick<Runtime, 'request' | 'invoke'> {
  return {
    request: (target, release, request) =>
      look(target, async (clients) => {
        const component = await askedComponent(clients, target, request);
        const name = component.functionName;
        return pinned(clients, target, { name, release }, async (version) =>
          provenAnswer(await invokeApi(clients, component, version, request), version, release),
        );
      }),
    invoke: (target, release, component, event, withinMs, as) =>
      look(target, async (clients) => {
        const { functionName: name } = componentNamed(target, component);
        return pinned(clients, target, { name, release }, (version) =>
          invokeVersion(clients, name, version, event, withinMs, as),
        );
      }),
  };
}

function logging({ look }: ProvenClients, pinned: PinnedVersions): Pick<Runtime, 'logs'> {
  /** A component of which the release has no version has no line of it. */
  const versionFor = (target: Target, name: string, release: Digest): Promise<string | null> =>
    look(target, (clients) => pinned(clients, target, { name, release }, async (version) => version)).catch(
      (error: unknown) => {
        if (error instanceof SoundBiteError && error.code === 'version-unknown') return null;
        throw error;
      },
    );
  return {
    async *logs(target, options) {
      const { of } = options;
      if (of === undefined) return yield* lambdaLogs(target, options);
      const names = componentsOf(target).map(({ functionName }) => functionName);
      const versions = new Map(
        await Promise.all(names.map(async (name) => [name, await versionFor(target, name, of)] as const)),
      );
      yield* lambdaLogs(target, options, (name) => versions.get(name) ?? 'none');
    },
  };
}
