/**
 * The way to the version on trial: the door of the control plane that runs this program. It pins each request to that version and marks it as a
 * rehearsal. Nothing of the deliverer is imported: its contract is docs/reference/smoke-program.md.
 */

/** An answer of the version, its body read as JSON where it is JSON. */
export interface VersionAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly json: unknown;
}

export interface VersionRequest {
  readonly method?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
}

export interface Door {
  ask(path: string, request?: VersionRequest): Promise<VersionAnswer>;
  /** Hands an event to a component of the version. Errors: why it did not answer. */
  invoke(component: string, event: unknown): Promise<unknown>;
}

/** The door by this program's variables. `withinMs`: how long an invocation may take. */
export function doorOf(env: NodeJS.ProcessEnv, withinMs: () => number): Door {
  const call = (path: string, { method = 'GET', json }: VersionRequest, signal?: AbortSignal): Promise<Response> =>
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
        (error: Error) => {
          throw error.name === 'TimeoutError' ? new Error(`the ${component} did not answer within ${ms} ms`) : error;
        },
      );
      const { status, json } = await answerOf(response);
      if (status === 200) return json;
      throw new Error(String((json as { readonly message?: string } | null)?.message ?? `the door answered ${status}`));
    },
  };
}

export async function answerOf(response: Response): Promise<VersionAnswer> {
  const body = new Uint8Array(await response.arrayBuffer());
  const { status, headers } = response;
  return { status, headers, body, json: /json/.test(headers.get('content-type') ?? '') ? parsed(body) : null };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
