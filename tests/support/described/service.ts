import type { AccountConfig } from '../../../packages/runtimes/src/testing-account.ts';
import type { Edit } from '../repository.ts';

/** Where a service is used: an environment's address, null where nothing speaks HTTP, and its account as its administrator. */
export interface Place {
  readonly url: string | null;
  readonly account: AccountConfig;
}

/** What a test hands one component, in a rehearsal. */
export interface Handed {
  readonly component: string;
  readonly event: unknown;
}

/** What the journey of any service, and the conformance suite, need to know of one. Edits are made to its source as it stands. */
export interface DescribedService {
  /** A directory of `tests/services`, or `soundbite`. */
  readonly name: string;
  /** What it is, for the title of its tests. */
  readonly is: string;
  /** Makes a release that says `note` wherever it is used; as it stands it says nothing. */
  readonly mark: (note: string) => readonly Edit[];
  /** What its next release has besides. */
  readonly next?: readonly Edit[];
  /** A release that its own smoke stops, and what that says. */
  readonly bad: { readonly edits: readonly Edit[]; readonly reason: RegExp };
  /** A release that is broken for users and not in a rehearsal; null: nothing speaks HTTP, and a watch counts requests. */
  readonly brokenForUsers: readonly Edit[] | null;
  /** Names of functions that a next release leaves as they are. */
  readonly unchanged?: RegExp;
  /** Uses it once, whole, as its users do: the note of the release that served, `asItStands` where it says none. Throws where nobody serves. */
  use(place: Place): Promise<string>;
  /** An event that says by its answer which release has it. */
  readonly asked: Handed & { readonly says: (answer: unknown) => string };
  /** A release whose code cannot be loaded. */
  readonly crashing: readonly Edit[];
  /** A release that fails at an event, that of `asked` unless it is said, and is well otherwise. */
  readonly failing: { readonly edits: readonly Edit[] } & Partial<Handed>;
  /** A path of its address that answers 200; absent: nothing speaks HTTP. */
  readonly path?: string;
}

/** Whoever breaks is seen on a busy machine, too: as soon as the watch knows enough, it does not wait any longer. */
export const watchedLonger: Edit = ['environments.yaml', 'watch: { seconds: 1,', 'watch: { seconds: 60,'];

export const asItStands = 'as it stands';

/** What a failing release says, and logs. A crashing one says that it was told to crash at its start. */
export const toldToFail = 'told to fail';

/** `get` of JSON that was asked for; anything but the wanted status is a failure. */
export async function json(
  { url }: Place,
  path: string,
  { wanted = 200, ...init }: RequestInit & { readonly wanted?: number } = {},
): Promise<Readonly<Record<string, unknown>>> {
  // On a connection of its own: one that rested may be closed by the server just then, and fetch repeats no POST.
  const answer = await fetch(`${url}${path}`, { ...init, headers: { connection: 'close' } });
  const text = await answer.text();
  if (answer.status === wanted) return JSON.parse(text) as Record<string, unknown>;
  throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 200)}`);
}

/** The note in a value that has one. */
export const noteIn = (value: unknown): string => {
  const { note } = (value ?? {}) as { readonly note?: unknown };
  return typeof note === 'string' ? note : asItStands;
};

/** The note in what a function answers to a request. */
export const noteInBody = (answer: unknown): string => noteIn(JSON.parse((answer as { readonly body: string }).body));

/**
 * Looks again until there is something, for a minute and a half: a message that is taken just when its queue's mapping is switched comes back after the
 * queue's visibility timeout, which is up to a minute.
 */
export async function until<T>(look: () => Promise<T | null>): Promise<T> {
  const end = Date.now() + 90_000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > end) throw new Error('it did not come within 90 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
