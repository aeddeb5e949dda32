import type { OverviewPlace, Timeline } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';
import { type Action, type Actor, forbiddenWords, isAllowed, type Places } from '@soundbite/model/people/actions.ts';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import { ask } from '../api.ts';
import type { Route } from '../route.ts';

/** What must be said beside the reason. */
export interface Question {
  readonly label: string;
  /** What it may be, each with the words for it; absent: any text. */
  readonly options?: readonly (readonly [answer: string, words: string])[];
  /** The act is done with this text alone. */
  readonly mustBe?: string;
}

/** Something that a reader may do. */
export interface Act {
  /** On its button; the dialog asks whether it is meant. */
  readonly verb: string;
  /** What would be done, as a heading. */
  readonly title: string;
  readonly action: Action;
  /** Where the reader must be allowed to: in one, or in each of these; in none in particular if there are none. */
  readonly environment: string | Places;
  /** Whose it is: they alone may, and an admin. Absent: it is nobody's in particular. */
  readonly owner?: string;
  /** Whether somebody must, or may, say why. */
  readonly reason: 'required' | 'optional' | 'none';
  /** It takes something away from users, or ends it. */
  readonly isGrave: boolean;
  /** What would happen, where nothing that is looked up says it. */
  readonly says?: string;
  /** What is to be shown before it is done; null: nothing would be brought. */
  readonly brings: { readonly environment: string; readonly release?: Digest; readonly promotion?: string } | null;
  /** The environment that goes back to what was live before: to what, is shown. */
  readonly goesBack?: string;
  readonly question?: Question;
  /** The same at the command line; `answer` to the question, `shown`: the release that the dialog shows. */
  command(reason: string, answer?: string, shown?: Digest): string;
  /** Under one key it is done once. Where the page goes on; null: it stays. Errors: ApiError. */
  perform(reason: string, key: string, answer?: string, shown?: Digest): Promise<Route | null>;
}

/** Why the reader may not, and who may; null: they may. */
export function whyNot(
  asker: Pick<Actor, 'name' | 'role' | 'environments'> | undefined,
  { action, environment, owner }: Pick<Act, 'action' | 'environment' | 'owner'>,
): string | null {
  if (!asker) return 'it is not known yet who you are';
  const places = typeof environment === 'string' ? [environment] : environment;
  if (!isAllowed(asker, action, places)) return forbiddenWords(asker, action, places);
  const isTheirs = owner === undefined || owner === asker.name || asker.role === 'admin';
  return isTheirs ? null : `it is of ${owner}; only ${owner} or an admin may end it`;
}

/** Quoted for a shell; nothing where there is no reason. */
export const because = (reason: string): string =>
  reason === '' ? '' : ` --reason '${reason.replaceAll("'", `'\\''`)}'`;
export const whyOf = (reason: string) => (reason === '' ? {} : { reason });

/** The release that was shown, and no other that went live before it in the moment of the click. */
const shownBy = (option: string) => (shown: Digest | undefined) =>
  shown === undefined ? '' : ` ${option} ${shortDigest(shown)}`;
export const releaseOption = shownBy('--release');
const targetOption = shownBy('--to');
export const releaseShown = (shown: Digest | undefined) => (shown === undefined ? {} : { release: shown });

/** `release` absent: that of the environment before; into the first one the newest. */
export const toPromote = (environment: string, release?: Digest): Act => ({
  ...asked(environment, 'promote', release),
  verb: 'Promote',
  title: `Promote ${release ? `${shortDigest(release)} ` : ''}into ${environment}`,
  isGrave: false,
  brings: { environment, ...(release && { release }) },
});

/** Whether there is something to promote into an environment: what is live in the one before; into the first one any release may. */
export const isFed = (environments: readonly OverviewPlace[], index: number): boolean =>
  environments[index]?.declared === true && (index === 0 || (environments[index - 1]?.why.release ?? null) !== null);

export const toRollBack = (environment: string): Act => ({
  ...asked(environment, 'rollback'),
  verb: 'Roll back',
  title: `Roll ${environment} back to what was live before`,
  isGrave: true,
  brings: null,
  goesBack: environment,
});

/** A promotion of a kind; the page goes on to it. */
const asked = (environment: string, kind: 'promote' | 'rollback', meant?: Digest) => {
  const option = kind === 'promote' ? releaseOption : targetOption;
  return {
    action: 'deliver',
    environment,
    reason: 'optional',
    command: (reason: string, _answer?: string, shown: Digest | undefined = meant) =>
      `soundbite ${kind} ${environment}${option(shown)}${because(reason)}`,
    async perform(reason: string, idempotencyKey: string, _answer?: string, shown: Digest | undefined = meant) {
      const body = { environment, kind, idempotencyKey, ...releaseShown(shown), ...whyOf(reason) };
      const { promotion } = await ask('POST /v1/promotions', { body });
      return { screen: 'promotion', id: promotion } satisfies Route;
    },
  } as const;
};

export const toHold = (environment: string): Act => ({
  verb: 'Hold',
  title: `Let nothing enter ${environment}`,
  action: 'deliver',
  environment,
  reason: 'required',
  isGrave: false,
  brings: null,
  command: (reason) => `soundbite hold ${environment}${because(reason)}`,
  async perform(reason, idempotencyKey) {
    await ask('POST /v1/environments/{name}/hold', { path: { name: environment }, body: { reason, idempotencyKey } });
    return null;
  },
});

/** Ends one hold. */
export const toResume = ({ id, environment, by }: OverviewPlace['why']['holds'][number]): Act => ({
  verb: 'Resume',
  title: `End the hold of ${environment} by ${by}`,
  action: 'deliver',
  environment,
  owner: by,
  reason: 'none',
  isGrave: false,
  brings: null,
  command: () => `soundbite resume ${environment} --hold ${id}`,
  async perform() {
    await ask('POST /v1/environments/{name}/resume', { path: { name: environment }, body: { hold: id } });
    return null;
  },
});

/** Ends a freeze before its time. */
export const toThaw = ({ id, environment, by }: OverviewPlace['why']['freezes'][number]): Act => ({
  verb: 'End it now',
  title: `End the freeze of ${environment} by ${by} before its time`,
  action: 'deliver',
  environment,
  reason: 'none',
  isGrave: false,
  brings: null,
  command: () => `soundbite freeze remove ${id}`,
  async perform() {
    await ask('DELETE /v1/freezes/{id}', { path: { id } });
    return null;
  },
});

/** Takes a token back, from now on: the one that is shown, not a newer one of its name. `created` (ISO 8601). */
export const toRevoke = (token: string, created: string): Act => ({
  verb: 'Revoke',
  title: `Take the token ${token} back`,
  action: 'administer',
  environment: [],
  reason: 'none',
  isGrave: true,
  brings: null,
  command: () => `soundbite token revoke ${token}`,
  async perform() {
    await ask('DELETE /v1/tokens/{token}', { path: { token }, query: { created } });
    return null;
  },
});

/** Keeps a release from going anywhere further; `environments`: all that are declared. */
export const toBlock = (release: Digest, environments: Places): Act => ({
  ...aboutBlock(environments),
  verb: 'Block',
  title: `Let ${shortDigest(release)} go nowhere further`,
  reason: 'required',
  isGrave: true,
  command: (reason) => `soundbite block ${shortDigest(release)}${because(reason)}`,
  async perform(reason) {
    await ask('POST /v1/releases/{digest}/block', { path: { digest: release }, body: { reason } });
    return null;
  },
});

/** Ends the block. */
export const toUnblock = (release: Digest, environments: Places): Act => ({
  ...aboutBlock(environments),
  verb: 'Unblock',
  title: `Let ${shortDigest(release)} go on again`,
  reason: 'optional',
  isGrave: false,
  command: (reason) => `soundbite unblock ${shortDigest(release)}${because(reason)}`,
  async perform(reason) {
    await ask('POST /v1/releases/{digest}/unblock', { path: { digest: release }, body: whyOf(reason) });
    return null;
  },
});

/** A release is kept from going, or let go, everywhere at once. */
const aboutBlock = (environment: Places) => ({ action: 'deliver', environment, brings: null }) as const;

type Promotion = Pick<Timeline, 'promotion' | 'environment' | 'release' | 'kind'>;

/** A yes, or a no, which ends it. Bound to the release that was shown. */
export function toDecide({ promotion, environment, release }: Promotion, verdict: 'yes' | 'no'): Act {
  const isYes = verdict === 'yes';
  return {
    verb: isYes ? 'Approve' : 'Reject',
    title: `${isYes ? 'Say yes' : 'Say no'} to what waits for ${environment}`,
    action: 'decide',
    environment,
    reason: 'optional',
    isGrave: !isYes,
    brings: { environment, release, promotion },
    command: (reason) => `soundbite ${isYes ? 'approve' : 'reject'} ${promotion}${because(reason)}`,
    async perform(reason) {
      const body = { verdict, release, ...whyOf(reason) };
      await ask('POST /v1/promotions/{id}/approval', { path: { id: promotion }, body });
      return null;
    },
  };
}

export const toAbort = ({ promotion, environment }: Promotion): Act => ({
  verb: 'Abort',
  title: `Stop this promotion of ${environment}, and roll back what it did`,
  action: 'deliver',
  environment,
  reason: 'optional',
  isGrave: true,
  brings: null,
  command: (reason) => `soundbite abort ${promotion}${because(reason)}`,
  async perform(reason) {
    await ask('POST /v1/promotions/{id}/abort', { path: { id: promotion }, body: whyOf(reason) });
    return null;
  },
});
