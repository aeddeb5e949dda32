// @ts-check

/**
 * The way to the version on trial: the door of the control plane that runs this program. It pins each request to that version and marks it as a
 * rehearsal. Nothing of the deliverer is imported: its contract is docs/reference/smoke-program.md.
 *
 * @typedef {object} VersionAnswer An answer of the version, its body read as JSON where it is JSON.
 * @property {number} status
 * @property {Headers} headers
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
  /**
   * @param {string} path
   * @param {VersionRequest} request
   * @param {AbortSignal} [signal]
   */
  const call = (path, { method = 'GET', json }, signal) =>
    fetch(`${env.SOUNDBITE_SMOKE_DOOR}${path}`, {
      method,
      headers: {
        'x-soundbite-token': env.SOUNDBITE_SMOKE_TOKEN ?? '',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(signal ? { signal } : {}),
      redirect: 'manual',
    });
  return {
    ask: async (path, request = {}) => answerOf(await call(`/version-on-trial${path}`, request)),
    async invoke(component, event) {
      const ms = withinMs();
      const request = { method: 'POST', json: event };
      const response = await call(`/components/${component}/invoke`, request, AbortSignal.timeout(ms)).catch(
        (error) => {
          throw error.name === 'TimeoutError' ? new Error(`the ${component} did not answer within ${ms} ms`) : error;
        },
      );
      const { status, json } = await answerOf(response);
      if (status === 200) return json;
      const message = typeof json === 'object' && json !== null && 'message' in json ? json.message : undefined;
      throw new Error(String(message ?? `the door answered ${status}`));
    },
  };
}

/**
 * @param {Response} response
 * @returns {Promise<VersionAnswer>}
 */
export async function answerOf(response) {
  const body = new Uint8Array(await response.arrayBuffer());
  const { status, headers } = response;
  return { status, headers, body, json: /json/.test(headers.get('content-type') ?? '') ? parsed(body) : null };
}

/**
 * @param {Uint8Array} body
 * @returns {unknown}
 */
function parsed(body) {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}
