import { headers } from '@soundbite/model';
import { reasonOf } from './reason.ts';
import type { Ask, Finding } from './service-health.ts';

const defaultWithinMs = 10_000;

/** Asks at an address, as anybody may; an answer has so many ms. */
export function atAddress(url: string, withinMs = defaultWithinMs): Ask {
  return async (path) => {
    const answer = await fetchFresh(`${url}${path}`, init(withinMs));
    return { status: answer.status, release: answer.headers.get(headers.release), text: await answer.text() };
  };
}

/**
 * Looks at a path of a public address behind a JWT authorizer without a token: the authorizer's refusal is what has to be found there. An answer of the
 * service would say that anybody may spend its money. Never throws.
 */
export async function authorizerAnswers(url: string, path: string, withinMs = defaultWithinMs): Promise<Finding> {
  const name = 'public address';
  const hint = 'compare what API Gateway has with environments.yaml: soundbite aws <environment> apigatewayv2 get-apis';
  try {
    const answer = await fetchFresh(`${url}${path}`, init(withinMs));
    await answer.arrayBuffer();
    const challenge = answer.headers.get('www-authenticate') ?? '';
    if (answer.status === 401 && /^bearer\b/i.test(challenge))
      return {
        name,
        ok: true,
        detail: `the authorizer answers at ${url}: 401 without a user's token, as expected; everything else is checked by invocation`,
      };
    const detail =
      answer.status < 400
        ? `${url}${path} answered ${answer.status} without a token: no authorizer stands before an API that costs money`
        : `${url}${path} answered ${answer.status}, which is not the authorizer's word`;
    return { name, ok: false, detail, hint };
  } catch (error) {
    return { name, ok: false, detail: `${url}${path}: ${reasonOf(error)}`, hint };
  }
}

const init = (withinMs: number): RequestInit => ({ signal: AbortSignal.timeout(withinMs), redirect: 'manual' });

/** A kept connection that was closed meanwhile says nothing about who listens now: such a request is made again on a new one. */
async function fetchFresh(url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, options);
  } catch (error) {
    const code = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
    if (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET') throw error;
    return fetch(url, options);
  }
}
