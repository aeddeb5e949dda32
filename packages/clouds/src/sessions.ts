import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type CloudAccess, type Credentials, clientOptions, SoundBiteError } from '@soundbite/model';

/** A session is renewed when it has less than this left, in ms: longer than any one step takes. */
const renewBefore = 10 * 60_000;

/** AssumeRole for one hour: chained role sessions cannot be longer on AWS. Errors: `cloud-credentials`. */
export async function assumeRole(access: CloudAccess, role: string, session: string): Promise<CloudAccess> {
  const sts = new STSClient(clientOptions(access));
  try {
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({ RoleArn: role, RoleSessionName: session, DurationSeconds: 3600 }),
    );
    if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken)
      throw new Error('the answer has no credentials');
    const credentials: Credentials = {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
      expiration: given.Expiration?.getTime() ?? Date.now() + 3600_000,
    };
    return { ...access, credentials };
  } catch (error) {
    throw new SoundBiteError(
      'cloud-credentials',
      `${role} cannot be assumed in account ${access.account}: ${message(error)}`,
      {
        cause: error,
        hint:
          access.kind === 'emulated'
            ? 'soundbite repair <environment> prepares the account anew'
            : 'soundbite bootstrap <environment> makes the controller role; see that you may assume it',
      },
    );
  } finally {
    sts.destroy();
  }
}

/** Refuses an access that reaches another account than the declared one. Errors: `cloud-identity`, `cloud-credentials`. */
export async function assertIdentity(access: CloudAccess): Promise<CloudAccess> {
  const sts = new STSClient(clientOptions(access));
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    if (Account === access.account) return access;
    throw new SoundBiteError(
      'cloud-identity',
      `these credentials belong to account ${Account}, but the declaration says ${access.account}`,
      {
        hint: 'use credentials of the declared account, or fix `cloud` in environments.local.yaml',
      },
    );
  } catch (error) {
    if (error instanceof SoundBiteError) throw error;
    throw new SoundBiteError(
      'cloud-credentials',
      `cannot determine the identity in account ${access.account}: ${message(error)}`,
      {
        cause: error,
        hint: 'check that the account can be reached and that credentials exist (aws sts get-caller-identity)',
      },
    );
  } finally {
    sts.destroy();
  }
}

/** Whether an account knows a session that it gave once. Errors: those of an account that does not answer. */
export async function isSessionKnown(access: CloudAccess): Promise<boolean> {
  const sts = new STSClient(clientOptions(access));
  try {
    await sts.send(new GetCallerIdentityCommand({}));
    return true;
  } catch (error) {
    if (error instanceof Error && /^(InvalidClientTokenId|UnrecognizedClientException|ExpiredToken)/.test(error.name))
      return false;
    throw error;
  } finally {
    sts.destroy();
  }
}

/**
 * Keeps the accesses that `make` makes, by key, until shortly before they expire, or until the account does not know them any more
 * (`isKnown`: asked each time, so it should be quick). Concurrent callers share one making.
 */
export function sessionCache(
  make: (key: string) => Promise<CloudAccess>,
  isKnown: (access: CloudAccess) => Promise<boolean> = async () => true,
): (key: string) => Promise<CloudAccess> {
  const held = new Map<string, Promise<CloudAccess>>();
  return async (key) => {
    const present = await held.get(key)?.catch(() => undefined);
    const isFresh = present && (present.credentials.expiration ?? Number.POSITIVE_INFINITY) - Date.now() > renewBefore;
    if (isFresh && (await isKnown(present))) return present;
    const fresh = make(key);
    held.set(key, fresh);
    fresh.catch(() => held.get(key) === fresh && held.delete(key));
    return fresh;
  };
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
