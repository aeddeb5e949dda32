import type { ServiceParts } from '../parts.ts';
import type { Soundbite } from '../soundbites/soundbite.ts';
import { soundbiteView } from '../soundbites/view.ts';
import { postGuarded } from './connector.ts';

const TIMEOUT_MS = 5_000;

/**
 * Tells the receiver that a soundbite is ready or failed: a webhook signed as Standard Webhooks say. Its id is the same at
 * every try, so that a receiver knows one it has seen.
 * @throws when it was not taken
 */
export async function deliverCallback(parts: ServiceParts, soundbite: Soundbite): Promise<void> {
  if (soundbite.callbackUrl === undefined) return;
  const { Webhook } = await import('standardwebhooks');
  const id = `${soundbite.id}.${soundbite.status}`;
  const at = new Date(parts.now());
  const body = JSON.stringify({
    type: `soundbite.${soundbite.status}`,
    timestamp: at.toISOString(),
    data: soundbiteView(soundbite),
  });
  const signature = new Webhook(signingKey(await parts.secret.read())).sign(id, at, body);
  await postGuarded({
    url: soundbite.callbackUrl,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'SoundBite-Callback/1',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signature,
    },
    policy: parts.settings.service.callbacks,
    timeoutMs: TIMEOUT_MS,
  });
}

/** The secret as standardwebhooks takes it: `whsec_` + base64 of the key. A secret that is not of that form is the key itself. */
export function signingKey(secret: string): string {
  return secret.startsWith('whsec_') ? secret : `whsec_${Buffer.from(secret).toString('base64')}`;
}
