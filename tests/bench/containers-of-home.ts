import type { EngineCalls } from '../../packages/containers/src/calls.ts';
import { homeIdAt } from '../../packages/processes/src/index.ts';

/** What the engine tells of a container of the home. */
export interface OfHome {
  readonly id: string;
  readonly environment: string;
  readonly component: string;
  readonly release: string;
  readonly image: string;
}

/** Containers of the home that run. */
export async function ofHome(calls: EngineCalls, home: string): Promise<OfHome[]> {
  const query = { filters: { label: [`dev.soundbite.installation=${homeIdAt(home)}`] } };
  const found = await calls.json<
    readonly { readonly Id: string; readonly ImageID: string; readonly Labels: Readonly<Record<string, string>> }[]
  >('GET', '/containers/json', { query });
  return found.map(({ Id, ImageID, Labels }) => ({
    ...{ id: Id, image: ImageID },
    environment: Labels['dev.soundbite.environment'] ?? '',
    component: Labels['dev.soundbite.component'] ?? '',
    release: Labels['dev.soundbite.release'] ?? '',
  }));
}
