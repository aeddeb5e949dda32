import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBundle, zipOf } from '../../apps/service/src/testing/bundle.ts';
import { startEmulator } from '../../apps/service/src/testing/emulator.ts';
import { makeFunctions } from '../../apps/service/src/testing/functions.ts';
import { startPart } from '../../apps/service/src/testing/processes.ts';
import { makeStack } from '../../apps/service/src/testing/stack.ts';
import { LocalEdge } from '../../packages/edge/src/edge.ts';
import { freePort } from '../../packages/edge/src/testing.ts';

/** One service in both runtimes, on the same data: each by itself and as users ask it, through an edge. */
export interface ServiceStage {
  readonly direct: { readonly process: string; readonly functions: string };
  readonly edge: { readonly process: string; readonly functions: string };
  end(): Promise<void>;
}

export async function serviceStage(): Promise<ServiceStage> {
  const home = await mkdtemp(join(tmpdir(), 'soundbite-contracts-'));
  const emulator = await startEmulator();
  const environment = await makeStack(emulator, { service: { callbacks: 'public' } });
  const bundle = await makeBundle();
  const api = await startPart('api', environment);
  const functions = await makeFunctions(emulator, environment, zipOf(bundle.folder));
  bundle.remove();
  const edge = new LocalEdge({ home, emit: () => undefined });
  const door = async (name: string, kind: 'http' | 'gateway', url: string) => {
    const upstreams = [{ kind, url, share: 1, release: `sha256:${'0'.repeat(64)}` }] as const;
    return (await edge.setRoute({ environment: name, port: await freePort(), generation: 1, upstreams })).url;
  };
  return {
    direct: { process: api.url, functions: functions.url },
    edge: {
      process: await door('process', 'http', api.url),
      functions: await door('functions', 'gateway', functions.url),
    },
    async end() {
      await edge.close();
      await api.stop();
      await emulator.stop();
      await rm(home, { recursive: true });
    },
  };
}
