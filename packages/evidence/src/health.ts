import { type Digest, headers, shortDigest } from '@soundbite/model';

/** One thing that was looked at; `mend` is the next command when it is not well. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly mend?: string;
}

/** Jobs as the service tells them; `oldestSeconds` is the age of the oldest unfinished soundbite. */
export interface Jobs {
  readonly waiting: number;
  readonly oldestSeconds: number | null;
}

export interface Health {
  /** healthy: ready, and the recorded release answers. degraded: it answers otherwise. down: no answer that is the service's. */
  readonly state: 'healthy' | 'degraded' | 'down';
  /** The release that answers, by its header. */
  readonly release: string | null;
  readonly findings: readonly Finding[];
  readonly jobs: Jobs | null;
}

interface Seen {
  readonly status: number;
  readonly release: string | null;
  readonly type: string;
  readonly text: string;
  readonly ms: number;
}

/**
 * Looks at a service at its address as anybody may: liveness, the running digest against the recorded one, readiness with every
 * dependency, waiting jobs, and the endpoints that people and programs begin with. What does not answer is a finding; never throws.
 */
export async function probe(
  url: string,
  recorded: Digest,
  { withinMs = 10_000 }: { readonly withinMs?: number } = {},
): Promise<Health> {
  const [health, version, ready, ...endpoints] = await Promise.all(
    ['/health', '/version', '/ready', '/', '/voices', '/openapi.json'].map((path) => look(url, path, withinMs)),
  );
  const readiness = readinessOf(ready);
  const findings = [
    answered('alive', '/health', health),
    digest(version, recorded),
    answered('ready', '/ready', ready),
    ...readiness.findings,
    endpointsFinding({ '/': endpoints[0], '/voices': endpoints[1], '/openapi.json': endpoints[2] }),
  ];
  const release = typeof ready === 'object' ? ready.release : null;
  return { state: stateOf(ready, recorded), release, findings, jobs: readiness.jobs };
}

/** What a path answered, or why it did not. */
async function look(url: string, path: string, withinMs: number): Promise<Seen | string> {
  const from = performance.now();
  try {
    const answer = await fetchFresh(`${url}${path}`, { signal: AbortSignal.timeout(withinMs), redirect: 'manual' });
    return {
      text: await answer.text(),
      status: answer.status,
      release: answer.headers.get(headers.release),
      type: answer.headers.get('content-type') ?? '',
      ms: Math.round(performance.now() - from),
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** A kept connection that was closed meanwhile says nothing about who listens now: such a request is made again on a new one. */
async function fetchFresh(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const code = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
    if (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET') throw error;
    return fetch(url, init);
  }
}

function stateOf(ready: Seen | string | undefined, recorded: Digest): Health['state'] {
  if (typeof ready !== 'object' || !ready.release) return 'down';
  return ready.status === 200 && ready.release === recorded ? 'healthy' : 'degraded';
}

function answered(name: string, path: string, seen: Seen | string | undefined): Finding {
  if (typeof seen !== 'object')
    return { name, ok: false, detail: `GET ${path}: ${seen ?? 'no answer'}`, mend: 'soundbite up' };
  const ok = seen.status === 200;
  const detail = `GET ${path} answered ${seen.status} in ${seen.ms} ms`;
  return { name, ok, detail, ...(ok ? {} : { mend: 'soundbite logs' }) };
}

function digest(version: Seen | string | undefined, recorded: Digest): Finding {
  const named = typeof version === 'object' ? (parse(version).release ?? version.release) : null;
  if (named === recorded) return { name: 'digest', ok: true, detail: `${shortDigest(recorded)} as recorded` };
  const said = typeof named === 'string' ? named : 'no release';
  return {
    name: 'digest',
    ok: false,
    detail: `${said} answers, ${recorded} is recorded`,
    mend: 'soundbite up brings back what is recorded',
  };
}

/** The service's own word on what it depends on, and on its jobs. */
function readinessOf(ready: Seen | string | undefined): { readonly findings: Finding[]; readonly jobs: Jobs | null } {
  const { dependencies, jobs } = typeof ready === 'object' ? parse(ready) : {};
  const findings = (Array.isArray(dependencies) ? dependencies.filter(isRecord) : []).map(
    ({ name, ok, ms, error }) => ({
      name: `dependency ${String(name)}`,
      ok: ok === true,
      detail: ok === true ? `answered in ${String(ms)} ms` : String(error ?? 'no reason given'),
      ...(ok === true ? {} : { mend: 'soundbite logs' }),
    }),
  );
  if (!isRecord(jobs) || typeof jobs.waiting !== 'number') return { findings, jobs: null };
  const { oldestSeconds } = jobs;
  return {
    findings,
    jobs: { waiting: jobs.waiting, oldestSeconds: typeof oldestSeconds === 'number' ? oldestSeconds : null },
  };
}

function endpointsFinding(endpoints: Readonly<Record<string, Seen | string | undefined>>): Finding {
  const bad = Object.entries(endpoints)
    .filter(([, seen]) => typeof seen !== 'object' || seen.status !== 200)
    .map(([path, seen]) => `GET ${path}: ${typeof seen === 'object' ? seen.status : seen}`);
  if (bad.length > 0) return { name: 'endpoints', ok: false, detail: bad.join('; '), mend: 'soundbite logs' };
  return { name: 'endpoints', ok: true, detail: `${Object.keys(endpoints).join(', ')} answer` };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function parse({ text }: Seen): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(text);
    return isRecord(document) ? document : {};
  } catch {
    return {};
  }
}
