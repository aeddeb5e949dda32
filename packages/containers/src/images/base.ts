import type { EngineCalls } from '../calls.ts';
import { unlessMissing } from '../trouble.ts';

/** What scripts/base-image.sh makes on an engine that reaches no registry. */
export const localBase = 'soundbite-base:24';

/** The base that somebody chose: by SOUNDBITE_BASE_IMAGE, or by having made one on this engine; null: the one that docker/Dockerfile names. */
export async function chosenBase(calls: EngineCalls): Promise<string | null> {
  const { SOUNDBITE_BASE_IMAGE } = process.env;
  if (SOUNDBITE_BASE_IMAGE) return SOUNDBITE_BASE_IMAGE;
  return (await inspectImage(calls, localBase)) === null ? null : localBase;
}

/** An image as the engine describes it, as far as we look. */
export interface InspectedImage {
  readonly Id: string;
  readonly Size: number;
  readonly RootFS: { readonly Layers?: readonly string[] };
  readonly Config: {
    readonly User?: string;
    readonly Env?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Healthcheck?: { readonly Test?: readonly string[] };
  };
}

export const inspectImage = (calls: EngineCalls, name: string): Promise<InspectedImage | null> =>
  unlessMissing(calls.json<InspectedImage>('GET', `/images/${encodeURIComponent(name)}/json`));
