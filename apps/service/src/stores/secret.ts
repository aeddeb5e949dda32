import type { Settings } from '../settings.ts';
import { clientOptions } from './aws.ts';

/** How long a read secret is used before it is read again: a rotated one is taken up within this. */
const FRESH_MS = 5 * 60_000;

export interface Secret {
  read(): Promise<string>;
}

/** The key by which callbacks are signed, from Secrets Manager. Its client is loaded when it is first asked for. */
export function openSecret(settings: Settings, now: () => number): Secret {
  let known: { value: string; at: number } | undefined;
  return {
    async read() {
      if (known !== undefined && now() - known.at < FRESH_MS) return known.value;
      const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
      const client = new SecretsManagerClient(clientOptions(settings));
      try {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: settings.webhookSecretArn }));
        if (SecretString === undefined) throw new Error('the webhook secret is not a string');
        known = { value: SecretString, at: now() };
        return SecretString;
      } finally {
        client.destroy();
      }
    },
  };
}
