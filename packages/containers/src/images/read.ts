import type { EngineCalls } from '../calls.ts';
import { installationLabel } from '../names.ts';
import { EngineRefusal, unlessMissing } from '../trouble.ts';
import { environmentLabel } from './names.ts';

/** An engine, and for whom it reads images: what an interrupted reading left there is known by it. */
export interface ImageEngine {
  readonly calls: EngineCalls;
  /** The id of the home. */
  readonly installation: string;
}

const readingLabel = 'dev.soundbite.reading';
/** No reading takes so long, in seconds. */
const longestReading = 600;

/** A directory of an image as a tar, by a container that is never started; null: it has none. */
export async function imageDirectory(engine: ImageEngine, image: string, path: string): Promise<Uint8Array | null> {
  await removeInterrupted(engine);
  const { calls, installation } = engine;
  const { Id } = await calls.json<{ readonly Id: string }>('POST', '/containers/create', {
    json: {
      ...{ Image: image, Cmd: ['-'] },
      // It would have those of its image, and look like a container of a version.
      Labels: { [installationLabel]: installation, [readingLabel]: 'true', [environmentLabel]: '' },
    },
  });
  try {
    return await unlessMissing(calls.bytes('GET', `/containers/${Id}/archive`, { query: { path } }));
  } finally {
    await removeReader(calls, Id);
  }
}

/** What was left by whoever was killed while it read. */
async function removeInterrupted({ calls, installation }: ImageEngine): Promise<void> {
  const label = [`${installationLabel}=${installation}`, `${readingLabel}=true`];
  const found = await calls.json<readonly { readonly Id: string; readonly Created: number }[]>(
    ...(['GET', '/containers/json', { query: { all: true, filters: { label } } }] as const),
  );
  const isOld = ({ Created }: { readonly Created: number }) => Date.now() / 1000 - Created > longestReading;
  for (const { Id } of found.filter(isOld)) await removeReader(calls, Id);
}

/** Another one may be removing it. */
async function removeReader(calls: EngineCalls, id: string): Promise<void> {
  await calls.json('DELETE', `/containers/${id}`, { query: { force: true, v: true } }).catch((error: unknown) => {
    if (!(error instanceof EngineRefusal)) throw error;
  });
}
