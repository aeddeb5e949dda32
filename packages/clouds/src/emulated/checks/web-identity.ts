import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Check } from './check.ts';

export const webIdentity: Check = {
  correction: 'web_identity',
  title:
    'AssumeRoleWithWebIdentity takes only a live token of a registered issuer, for its audience, with the pinned claims',
  failsWithout: /Not authorized to perform sts:AssumeRoleWithWebIdentity/,
  async holds(account) {
    const [ours, foreign] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')];
    const keys = { keys: [{ ...(await exportJWK(ours.publicKey)), kid: 'ours', alg: 'RS256' }] };
    const server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      const issuer = `http://127.0.0.1:${port}`;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.url === '/jwks' ? keys : { issuer, jwks_uri: `${issuer}/jwks` }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      await asserted(account, host, ours.privateKey, foreign.privateKey);
    } finally {
      server.close();
    }
  },
};

async function asserted(
  account: Parameters<Check['holds']>[0],
  host: string,
  ours: CryptoKey,
  foreign: CryptoKey,
): Promise<void> {
  const issuer = `http://${host}`;
  const iam = new IAMClient(account.config);
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: ['sts.amazonaws.com'] }));
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account.account}:oidc-provider/${host}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com', [`${host}:repository_id`]: '42' },
          StringLike: { [`${host}:sub`]: 'repo:us/soundbite:*' },
        },
      },
    ],
  };
  await iam.send(new CreateRoleCommand({ RoleName: 'federated', AssumeRolePolicyDocument: JSON.stringify(trust) }));

  const token = (
    changes: { claims?: object; audience?: string; issuer?: string; expires?: number; key?: CryptoKey } = {},
  ) => {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ sub: 'repo:us/soundbite:ref:refs/heads/main', repository_id: '42', ...changes.claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'ours' })
      .setIssuer(changes.issuer ?? issuer)
      .setAudience(changes.audience ?? 'sts.amazonaws.com')
      .setIssuedAt(now - 600)
      .setExpirationTime(now + (changes.expires ?? 300))
      .sign(changes.key ?? ours);
  };
  const sts = new STSClient({ ...account.config, maxAttempts: 1 });
  const assume = async (changes: Parameters<typeof token>[0]) =>
    sts.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: `arn:aws:iam::${account.account}:role/federated`,
        RoleSessionName: 'ci',
        WebIdentityToken: await token(changes),
      }),
    );

  const assumed = await assume({});
  assert.equal(assumed.SubjectFromWebIdentityToken, 'repo:us/soundbite:ref:refs/heads/main');
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = assumed.Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const identity = await new STSClient({ ...account.config, credentials }).send(new GetCallerIdentityCommand({}));
  assert.equal(identity.Arn, `arn:aws:sts::${account.account}:assumed-role/federated/ci`);

  await assert.rejects(assume({ expires: -10 }), { name: 'ExpiredTokenException' });
  await assert.rejects(assume({ key: foreign }), /signature is invalid/);
  await assert.rejects(assume({ audience: 'somebody.else' }), /Incorrect token audience/);
  await assert.rejects(assume({ issuer: 'http://127.0.0.1:9' }), /No OpenIDConnect provider found/);
  await assert.rejects(assume({ claims: { repository_id: '43' } }), /Not authorized/);
  await assert.rejects(assume({ claims: { sub: 'repo:others/fork:ref:refs/heads/main' } }), /Not authorized/);
}
