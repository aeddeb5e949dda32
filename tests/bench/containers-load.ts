import autocannon from 'autocannon';
import type { EngineCalls } from '../../packages/containers/src/calls.ts';
import { containerMemory } from '../../packages/containers/src/memory.ts';
import { speak } from '../support/sound.ts';
import type { OfHome } from './containers-of-home.ts';
import { freshText } from './service.ts';

/** A component's memory, in MiB: the most of all looks, without files that were read. */
interface MeasuredComponent {
  readonly component: string;
  readonly environment: string;
  readonly limitMiB: number;
  readonly reservedMiB: number;
  readonly restMiB: number;
  readonly loadMiB: number;
  /** What it used under load of what is reserved for it, in percent. */
  readonly utilisation: number;
  readonly oomKilled: boolean;
}

const readsPerSecond = 50;
const textsPerSecond = 5;
const loadSeconds = 60;

/** Each component of an environment that serves at this URL, at rest and under load: 50 reads and 5 texts that nobody has said before, each second for a minute. */
export async function underLoad(calls: EngineCalls, own: readonly OfHome[], url: string): Promise<object> {
  const rest = await looks(calls, own, 5);
  const load = loading(url);
  const [loaded, outcome] = await Promise.all([looks(calls, own, loadSeconds), load]);
  const components = await Promise.all(
    own.map(async ({ id, component, environment }): Promise<MeasuredComponent> => {
      const { State, HostConfig } = await calls.json<{
        readonly State: { readonly OOMKilled: boolean };
        readonly HostConfig: { readonly Memory: number; readonly MemoryReservation: number };
      }>('GET', `/containers/${id}/json`);
      const reservedMiB = Math.round(HostConfig.MemoryReservation / 2 ** 20);
      const loadMiB = loaded.get(id) ?? 0;
      return {
        ...{ component, environment, limitMiB: Math.round(HostConfig.Memory / 2 ** 20), reservedMiB },
        ...{ restMiB: rest.get(id) ?? 0, loadMiB, utilisation: Math.round((loadMiB / reservedMiB) * 100) },
        oomKilled: State.OOMKilled,
      };
    }),
  );
  return { components, ...outcome };
}

/** The most that each container used, of one look a second. */
async function looks(calls: EngineCalls, own: readonly OfHome[], seconds: number): Promise<Map<string, number>> {
  const most = new Map<string, number>();
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    await Promise.all(
      own.map(async ({ id }) => {
        const { usedMiB } = await containerMemory(calls, id);
        most.set(id, Math.max(most.get(id) ?? 0, usedMiB ?? 0));
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return most;
}

async function loading(url: string) {
  const { id } = await speak(url, freshText());
  let [accepted, refused] = [0, 0];
  const post = async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ text: freshText(), format: 'wav' });
    const answer = await fetch(`${url}/soundbites`, { method: 'POST', headers, body }).catch(() => null);
    if (answer?.status === 202) accepted++;
    else refused++;
  };
  const texts = setInterval(() => void post(), 1000 / textsPerSecond);
  const reads = await autocannon({
    ...{ url, duration: loadSeconds, connections: 5, overallRate: readsPerSecond },
    requests: [
      { method: 'GET', path: `/soundbites/${id}` },
      { method: 'GET', path: '/voices' },
    ],
  });
  clearInterval(texts);
  return {
    readsPerSecond: Math.round(reads.requests.average),
    readsFailed: reads.non2xx + reads.errors,
    ...{ textsAccepted: accepted, textsRefused: refused },
  };
}
