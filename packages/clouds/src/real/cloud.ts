import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { type Cloud, type CloudAccess, type Environment, type Identity, SoundBiteError } from '@soundbite/model';
import { assertIdentity, assumeRole, sessionCache } from '../sessions.ts';

/**
 * A real AWS account. The administrator is the identity that the SDK's credential chain finds (it may bootstrap and destroy); the controller is the
 * declared role, assumed by it. Every fresh identity is asserted before anything is touched.
 */
export function realCloud(environment: Environment): Cloud {
  const { cloud } = environment;
  if (cloud.kind !== 'real') throw new TypeError(`${environment.name} is not on a real cloud`);

  const administrator = sessionCache(async () => assertIdentity(await fromChain(cloud.account, cloud.region)));
  const controller = sessionCache(async () => {
    const base = await fromChain(cloud.account, cloud.region);
    return assertIdentity(await assumeRole(base, cloud.role, 'soundbite-controller'));
  });
  const role = sessionCache(async (arn) => assumeRole(await controller('controller'), arn, 'soundbite-service'));

  return {
    kind: 'real',
    async access(identity: Identity) {
      if (identity === 'administrator') return administrator('administrator');
      if (identity === 'controller') return controller('controller');
      return role(identity.role);
    },
    async checkpoint() {},
  };
}

async function fromChain(account: string, region: string): Promise<CloudAccess> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await fromNodeProviderChain()();
    return {
      kind: 'real',
      account,
      region,
      credentials: {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
        ...(expiration === undefined ? {} : { expiration: expiration.getTime() }),
      },
    };
  } catch (error) {
    throw new SoundBiteError('cloud-credentials', `no AWS credentials were found for account ${account}`, {
      cause: error,
      hint: 'aws sso login, or set AWS_PROFILE',
    });
  }
}
