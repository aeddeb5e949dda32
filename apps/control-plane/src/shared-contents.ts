import type { SharedStore } from '@soundbite/client';
import { type Digest, type ReleaseDocuments, type SharedReleases, toErrorDocument } from '@soundbite/model';

/** The contents of the shared store, as far as it answers. */
interface SharedContents extends SharedStore {
  /** All whole releases; null: it did not say. */
  readonly digests: ReadonlySet<Digest> | null;
  /** Those that this home has not itself, last put first. One that cannot be read is left out, and is the problem. */
  readonly elsewhere: readonly { readonly digest: Digest; readonly documents: ReleaseDocuments }[];
}

/** Null: homes share no releases. `here` are those that need not be read there. */
export async function sharedContents(
  shared: SharedReleases | null,
  here: ReadonlySet<Digest>,
): Promise<SharedContents | null> {
  if (shared === null) return null;
  const { address } = shared;
  let problem: SharedStore['problem'] = null;
  const tell = (error: unknown) => {
    const { code, message, hint } = toErrorDocument(error);
    problem ??= { code, message, hint };
    return null;
  };
  const digests = await shared.list().catch(tell);
  if (digests === null) return { address, problem, digests: null, elsewhere: [] };
  const missing = digests.filter((digest) => !here.has(digest));
  const read = await Promise.all(
    missing.map(async (digest) => {
      const documents = await shared.documents(digest).catch(tell);
      return documents && { digest, documents };
    }),
  );
  return { address, problem, digests: new Set(digests), elsewhere: read.filter((one) => one !== null) };
}
