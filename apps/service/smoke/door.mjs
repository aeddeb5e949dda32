// @ts-check

import { Agent, request as requestOf } from 'node:http';

/**
 * The way to the version on trial: the door of the control plane that runs this program. It pins each request to that version and marks it as a
 * rehearsal. Nothing of the deliverer is imported: its contract is docs/reference/smoke-program.md. By `node:http`: to load `fetch` takes a third of the
 * time that the whole smoke takes.
 *
 * @typedef {object} VersionAnswer An answer of the version, its body read as JSON where it is JSON.
 * @property {number} status
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {Uint8Array} body
 * @property {unknown} json
 *
 * @typedef {object} VersionRequest
 * @property {string} [method]
 * @property {unknown} [json] Sent as JSON.
 *
 * @typedef {object} Door
 * @property {(path: string, request?: VersionRequest) => Promise<VersionAnswer>} ask
 * @property {(component: string, event: unknown) => Promise<unknown>} invoke Hands an event to a component of the version. Errors: why it did not answer.
 */

/**
 * The door by this program's variables. `withinMs`: how long an invocation may take.
 * @param {NodeJS.ProcessEnv} env
 * @param {() => number} withinMs
 * @returns {Door}
 */
export function doorOf(env, withinMs) {
  const agent = new Agent({ keepAlive: true });
  /**
   * @param {string} path
   * @param {VersionRequest} request
   * @param {AbortSignal} [signal]
   */
  const call = (path, { method = 'GET', json }, signal) => {
    const body = json === undefined ? undefined : JSON.stringify(json);
    const headers = {
      'x-soundbite-token': env.SOUNDBITE_SMOKE_TOKEN ?? '',
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    return exchange(requestOf, `${env.SOUNDBITE_SMOKE_DOOR}${path}`, { agent, method, headers, signal }, body);
  };
  return {
    ask: (path, request = {}) => call(`/version-on-trial${path}`, request),
    async invoke(component, event) {
      const ms = withinMs();
      const signal = AbortSignal.timeout(ms);
      const request = { method: 'POST', json: event };
      const { status, json } = await call(`/components/${component}/invoke`, request, signal).catch((error) => {
        throw signal.aborted ? new Error(`the ${component} did not answer within ${ms} ms`) : error;
      });
      if (status === 200) return json;
      const message = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined;
      throw new Error(String(message ?? `the door answered ${status}`));
    },
  };
}

/**
 * What lies at an address outside of the door, such as an object of a bucket.
 * @param {string} url
 * @param {number} withinMs
 */
export async function fetched(url, withinMs) {
  const { request } = url.startsWith('https:') ? await import('node:https') : { request: requestOf };
  return exchange(request, url, { signal: AbortSignal.timeout(withinMs) });
}

/**
 * @param {typeof requestOf} request
 * @param {string} url
 * @param {import('node:http').RequestOptions} options
 * @param {string} [body]
 * @returns {Promise<VersionAnswer>}
 */
function exchange(request, url, options, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(answerOf(response, Buffer.concat(chunks))));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/**
 * @param {import('node:http').IncomingMessage} response
 * @param {Buffer} body
 * @returns {VersionAnswer}
 */
const answerOf = ({ statusCode: status = 0, headers }, body) => ({
  status,
  headers,
  body,
  json: /json/.test(headers['content-type'] ?? '') ? parsed(body) : null,
});

/**
 * @param {Buffer} body
 * @returns {unknown}
 */
function parsed(body) {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
